"""The OpenID Connect issuer: signatures of its tokens, and its UserInfo endpoint."""
