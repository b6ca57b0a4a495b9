// A plain reverse proxy from one port of this machine to one address: `node proxy.mjs PORT TARGET HOST NAME API`.
// HOST is the name by which TARGET knows what is asked for: a CloudFront distribution's. To API goes what CloudFront
// does not know, webhooks and Slack's requests, and /health, which the emulator answers for itself whatever the host.
// The Via header says whose it is, so that a forgotten one is found.
import { createServer } from "node:http";
import { createProxyServer } from "httpxy";

const [port, target, host, name, api] = process.argv.slice(2);
const via = `1.1 ${name} (${process.pid})`;
const site = createProxyServer({ target, headers: { host } });
const DIRECT = /^\/(health$|slack\/|webhooks\/)/;
const apiItself = createProxyServer({ target: api, changeOrigin: true });
for (const proxy of [site, apiItself]) {
  proxy.on("proxyRes", ({ headers }) => {
    headers.via = [headers.via, via].filter(Boolean).join(", ");
  });
}

const server = createServer((request, response) => {
  const proxy = DIRECT.test(request.url) ? apiItself : site;
  proxy.web(request, response).catch((error) => {
    response.writeHead(502, { "content-type": "application/json", via });
    response.end(JSON.stringify({ error: { code: "unavailable", message: `the stack does not answer: ${error.code}` } }));
  });
});
server.listen(Number(port), "127.0.0.1");
