// npm oidc-provider with its own development pages and its in-memory store: a code login of one known client.
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const [port, redirect] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "portal", client_secret: "a-secret-of-the-benchmark", redirect_uris: [redirect] }],
  pkce: { required: () => false },
  cookies: { keys: ["a-key-of-the-benchmark"] },
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256" }] },
});
provider.listen(Number(port), "127.0.0.1");
