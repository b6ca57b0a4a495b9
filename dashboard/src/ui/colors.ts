/** Colors of our own drawings, light and dark. The design system's token package names style sheet variables that
 * its components do not set, so that its tokens would keep their light values in the dark theme. */

export const TEXT = "light-dark(#0f141a, #ebebf0)";
export const TEXT_SECONDARY = "light-dark(#424650, #c6c6cd)";
export const BORDER = "light-dark(#8c8c94, #656871)";
export const DIVIDER = "light-dark(#c6c6cd, #424650)";
export const SURFACE = "light-dark(#ffffff, #161d26)";
export const ACCENT = "light-dark(#006ce0, #42b4ff)";
export const CRITICAL = "light-dark(#db0000, #ff7a7a)";
