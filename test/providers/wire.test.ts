import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, expect, onTestFinished, test } from "vitest";
import { proxiedFetch } from "../../src/providers/dispatcher.ts";
import { answerOf, askAt, askServer, errorOf, givenKey } from "./ask.ts";
import { chatBody, sendJson, startFaultServer } from "./fault-server.ts";
import { selfSigned } from "./self-signed.ts";

const certificate = selfSigned();
afterAll(() => certificate?.remove());

const variables = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [
  name,
  name.toLowerCase(),
]);
const before = variables.map((name) => [name, process.env[name]] as const);
afterEach(() => {
  for (const [name, value] of before)
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
});

function setProxies(values: Record<string, string>) {
  for (const name of variables) delete process.env[name];
  Object.assign(process.env, values);
}

interface Seen {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A real proxy that leads every host to one local port; with `refuse` it answers that status and leads nowhere. */
async function startProxy(toPort: number, refuse?: number): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((incoming, outgoing) => {
    seen.push({ line: `${incoming.method} ${incoming.url}`, headers: incoming.headers });
    if (refuse !== undefined) return void outgoing.writeHead(refuse).end("refused by the proxy");
    const { pathname } = new URL(incoming.url ?? "");
    const onward = httpRequest(
      { port: toPort, host: "127.0.0.1", path: pathname, method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    incoming.pipe(onward);
  });
  server.on("connect", (incoming, socket) => {
    seen.push({ line: `CONNECT ${incoming.url}`, headers: incoming.headers });
    if (refuse !== undefined) return void socket.end(`HTTP/1.1 ${refuse} Refused\r\n\r\n`);
    const onward = connect(toPort, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.pipe(socket);
      socket.pipe(onward);
    });
    for (const end of [onward, socket]) end.on("error", () => {});
  });
  return { url: `http://127.0.0.1:${await listening(server)}`, seen };
}

const goodServer = () => startFaultServer((_, response) => sendJson(response, 200, chatBody("Elias.")));
const portOf = (origin: string) => Number(new URL(origin).port);

test.each([
  ["HTTP_PROXY", (url: string) => url],
  ["http_proxy", (url: string) => url],
  ["ALL_PROXY", (url: string) => url.replace("http://", "")],
])("plain HTTP goes through the proxy that %s names", async (name, value) => {
  const server = await goodServer();
  const proxy = await startProxy(portOf(server.origin));
  setProxies({ [name]: value(proxy.url) });
  const reply = await askAt("http://model.test");
  expect(answerOf(reply).text).toBe("Elias.");
  expect(proxy.seen.map(({ line }) => line)).toEqual(["POST http://model.test/v1/chat/completions"]);
  expect(server.requests[0]?.headers.host).toBe("model.test");
});

test("a proxy's own name and password go to the proxy, and not to the endpoint", async () => {
  const server = await goodServer();
  const proxy = await startProxy(portOf(server.origin));
  setProxies({ HTTP_PROXY: proxy.url.replace("//", "//user:p%40ss@") });
  answerOf(await askAt("http://model.test"));
  const basic = `Basic ${Buffer.from("user:p@ss").toString("base64")}`;
  expect(proxy.seen[0]?.headers["proxy-authorization"]).toBe(basic);
});

test("hosts in NO_PROXY and this machine itself are asked directly", async () => {
  const server = await goodServer();
  const proxy = await startProxy(1);
  setProxies({ HTTP_PROXY: proxy.url });
  expect(answerOf(await askAt(server.origin)).text).toBe("Elias.");
  expect(answerOf(await askAt(server.origin.replace("127.0.0.1", "localhost"))).text).toBe("Elias.");
  setProxies({ HTTP_PROXY: proxy.url, NO_PROXY: "other.test,.invalid" });
  expect(errorOf(await askAt("http://model.invalid")).message).toMatch(/ENOTFOUND|EAI_AGAIN/);
  expect(proxy.seen).toEqual([]);
});

test("HTTPS goes through a tunnel in which the proxy sees no key", async ({ skip }) => {
  if (certificate === null) return skip("there is no openssl command to make a certificate with");
  const paths: string[] = [];
  const secure = createSecureServer(certificate, (incoming, response) => {
    paths.push(`${incoming.url} ${incoming.headers.authorization}`);
    incoming.resume();
    sendJson(response, 200, chatBody("Elias."));
  });
  const proxy = await startProxy(await listening(secure as unknown as Server));
  const ask = join(import.meta.dirname, "ask.ts");
  const program = `import(${JSON.stringify(ask)}).then(async ({ askAt }) => console.log((await askAt("https://model.test")).answer.text))`;
  // Certificates that are trusted are read when a process starts.
  const child = spawn(process.execPath, ["--import", "tsx", "-e", program], {
    env: { PATH: process.env.PATH, HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: certificate.file },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = child.stdout.toArray();
  await once(child, "exit");
  expect(Buffer.concat(await said).toString()).toBe("Elias.\n");
  expect(paths).toEqual([`/v1/chat/completions Bearer ${givenKey}`]);
  expect(proxy.seen.map(({ line }) => line)).toEqual(["CONNECT model.test:443"]);
  expect(JSON.stringify(proxy.seen)).not.toContain("sk-given");
});

test("a proxy that refuses or is not there is told as such, without its password", async () => {
  const refusing = await startProxy(1, 407);
  setProxies({ HTTPS_PROXY: refusing.url.replace("//", "//user:secret-word@") });
  const refused = errorOf(await askAt("https://model.test"));
  expect([refused.errorClass, refused.message]).toEqual([
    "network",
    expect.stringMatching(
      /^https:\/\/model\.test\S+: Proxy response \(407\).*; HTTPS_PROXY is set: check .*NO_PROXY$/,
    ),
  ]);
  setProxies({ HTTPS_PROXY: "http://user:secret-word@127.0.0.1:1" });
  const gone = errorOf(await askAt("https://model.test"));
  expect(gone.message).toMatch(/connection refused \(ECONNREFUSED\); HTTPS_PROXY is set/);
  for (const { message } of [refused, gone]) expect(message).not.toContain("secret-word");
});

test.each([
  ["socks5://127.0.0.1:1080", "a socks5 proxy"],
  ["http://user:secret-word@", "no URL"],
])("a proxy that cannot be used (%s) is refused before anything is asked", async (value, what) => {
  setProxies({ https_proxy: value });
  const refused = `https_proxy names ${what}: expected an HTTP proxy such as http://proxy.example:3128; change or unset`;
  await expect(async () => askAt("https://model.test")).rejects.toThrow(refused);
  await expect(async () => askAt("https://model.test")).rejects.not.toThrow("secret-word");
});

test("fetch over the same connections uses the same proxies", async () => {
  const server = await startFaultServer((_, response) => sendJson(response, 200, { data: [] }));
  const proxy = await startProxy(portOf(server.origin));
  setProxies({ HTTP_PROXY: proxy.url });
  expect(await (await proxiedFetch("http://model.test/v1/models")).json()).toEqual({ data: [] });
  expect(proxy.seen.map(({ line }) => line)).toEqual(["GET http://model.test/v1/models"]);
});

test("a certificate that is not trusted is a network error with its reason, and the key is not sent", async ({
  skip,
}) => {
  if (certificate === null) return skip("there is no openssl command to make a certificate with");
  let requests = 0;
  const secure = createSecureServer(certificate, () => requests++);
  const port = await listening(secure as unknown as Server);
  const error = errorOf(await askAt(`https://127.0.0.1:${port}`));
  expect([error.errorClass, error.status]).toEqual(["network", null]);
  expect(error.message).toBe(
    `https://127.0.0.1:${port}/v1/chat/completions: the server's certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT); ` +
      "check baseURL and this machine's date, or name the authority's certificate in NODE_EXTRA_CA_CERTS",
  );
  expect(requests).toBe(0);
});

test("HTTPS asked of a server that speaks HTTP is told as such", async () => {
  const server = await goodServer();
  const error = errorOf(await askAt(server.origin.replace("http:", "https:")));
  expect(error.errorClass).toBe("network");
  expect(error.message).toMatch(
    /no TLS connection came about \((EPROTO|ERR_SSL_\w+)\); check that the server speaks HTTPS/,
  );
  expect(server.requests).toEqual([]);
});

test("an IPv6 address in brackets is asked", async ({ skip }) => {
  const hasIPv6 = Object.values(networkInterfaces()).some((list) =>
    list?.some(({ address }) => address === "::1"),
  );
  if (!hasIPv6) return skip("this machine has no IPv6 loopback address");
  const hosts: (string | undefined)[] = [];
  const server = createServer((incoming, response) => {
    hosts.push(incoming.headers.host);
    sendJson(response, 200, chatBody("Elias."));
  });
  server.listen(0, "::1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  // With a proxy in the way, too: it is this machine.
  setProxies({ HTTP_PROXY: "http://127.0.0.1:1" });
  expect(answerOf(await askAt(`http://[::1]:${port}`)).text).toBe("Elias.");
  expect(hosts).toEqual([`[::1]:${port}`]);
});

test("what a server packs unasked is unpacked, within the bound", async () => {
  const packed = (body: string | Buffer, changes = {}) =>
    askServer((_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
      response.end(body);
    }, changes);
  const body = JSON.stringify(chatBody("Ægir."));
  const { reply, server } = await packed(gzipSync(body));
  expect(answerOf(reply).text).toBe("Ægir.");
  expect(reply.exchange.response?.body).toBe(body);
  expect(server.requests[0]?.headers["accept-encoding"]).toBeUndefined();

  const bomb = await packed(gzipSync(Buffer.alloc(5_000_000, 32)), { options: { maxBodyBytes: 1_000_000 } });
  expect(errorOf(bomb.reply).message).toContain("the response is longer than 1000000 bytes");
  expect(errorOf((await packed("not gzip")).reply)).toMatchObject({ errorClass: "malformed" });
});

test("connections are kept open between requests", async () => {
  const ports = new Set<number | undefined>();
  const server = createServer((incoming, response) => {
    ports.add(incoming.socket.remotePort);
    incoming.resume();
    sendJson(response, 200, chatBody("Elias."));
  });
  const origin = `http://127.0.0.1:${await listening(server)}`;
  for (let i = 0; i < 12; i++) answerOf(await askAt(origin));
  // The next request may come a moment before the last connection is free.
  expect(ports.size).toBeLessThanOrEqual(2);
});
