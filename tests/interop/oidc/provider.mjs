// npm oidc-provider as a national login of its own: {clients, accounts} as one line on standard input, with which it ends.
// The pages are its own (devInteractions); the claims of the scope openid are those of an account here.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

const CLAIMS = ["sub", "TechID", "LoaiTaiKhoan", "SoDinhDanh", "HoVaTen", "NgayThangNamSinh", "ThuDienTu"];

const lines = createInterface({ input: process.stdin });
lines.once("line", (line) => {
  const { clients, accounts } = JSON.parse(line);
  const server = createServer();
  server.listen(0, "127.0.0.1", () => {
    const issuer = `http://127.0.0.1:${server.address().port}`;
    const provider = new Provider(issuer, {
      clients,
      claims: { openid: CLAIMS },
      acrValues: ["LoA1"],
      cookies: { keys: [crypto.randomUUID()] },
      findAccount: (_ctx, id) => accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
    });
    server.on("request", provider.callback());
    console.log(JSON.stringify({ issuer }));
  });
});
lines.once("close", () => process.exit(0));
