// A portal of three pages around a client library: /<name>/login, /<name>/callback, /<name>/who.
// who answers with the subject and userinfo's SoDinhDanh (headers X-Subject, X-Person), empty without a session.
// It says its port, reads {name: registration} as one line, says that it is ready, and ends with its standard input.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

export async function serve({ open, begin, finish }) {
  const opened = new Map(); // name -> what `open` made, or its failure: discovery is read once
  const sessions = new Map();
  let registrations = {};

  const pages = {
    login: async (name, session) => {
      if (!opened.has(name)) opened.set(name, open(registrations[name]));
      const { url, kept } = await begin(await opened.get(name), registrations[name].redirect_uri);
      session.kept = kept;
      return [302, { location: url.href }];
    },
    callback: async (name, session, url) => {
      const { kept } = session;
      delete session.kept;
      if (!kept) throw new Error("no login was begun in this browser");
      session.known = await finish(await opened.get(name), url, kept);
      return [200, {}];
    },
    who: async (_name, { known }) => [200, { "x-subject": known?.subject ?? "", "x-person": known?.person ?? "" }],
  };

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, `http://${request.headers.host}`);
    const [, name, page] = url.pathname.split("/");
    let [, id] = /\bsid=([\w-]+)/.exec(request.headers.cookie ?? "") ?? [];
    if (!sessions.has(id)) sessions.set((id = randomUUID()), {});
    try {
      const [status, headers] = await pages[page](name, sessions.get(id), url);
      response.writeHead(status, { ...headers, "set-cookie": `sid=${id}; Path=/; HttpOnly; SameSite=Lax` });
      response.end();
    } catch (error) {
      response.writeHead(403, { "content-type": "text/plain; charset=utf-8" });
      response.end(`${error.code ?? error.name}: ${error.message}`);
    }
  });

  server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })));
  const lines = createInterface({ input: process.stdin });
  lines.once("line", (line) => {
    registrations = JSON.parse(line);
    console.log(JSON.stringify({ ready: true }));
  });
  lines.once("close", () => process.exit(0));
}
