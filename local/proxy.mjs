// A plain reverse proxy from one port of this machine to one address: `node proxy.mjs PORT TARGET NAME`.
// It has no routes. The Via header says whose it is, so that a forgotten one is found.
import { createServer } from "node:http";
import { createProxyServer } from "httpxy";

const [port, target, name] = process.argv.slice(2);
const via = `1.1 ${name} (${process.pid})`;
const proxy = createProxyServer({ target, changeOrigin: true });

const server = createServer((request, response) => {
  response.setHeader("via", via);
  proxy.web(request, response).catch((error) => {
    response.writeHead(502, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { code: "unavailable", message: `the stack does not answer: ${error.code}` } }));
  });
});
server.listen(Number(port), "127.0.0.1");
