// npm openid-client, as its guide shows it: code flow with PKCE, state and nonce; then userinfo of the same subject.
import * as client from "openid-client";
import { serve } from "./portal.mjs";

await serve({
  open: ({ issuer, client_id, client_secret }) =>
    client.discovery(new URL(issuer), client_id, undefined, client.ClientSecretPost(client_secret), {
      execute: [client.allowInsecureRequests],
    }),
  begin: async (config, redirect_uri) => {
    const kept = {
      pkceCodeVerifier: client.randomPKCECodeVerifier(),
      expectedState: client.randomState(),
      expectedNonce: client.randomNonce(),
      idTokenExpected: true,
    };
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri,
      scope: "openid",
      code_challenge: await client.calculatePKCECodeChallenge(kept.pkceCodeVerifier),
      code_challenge_method: "S256",
      state: kept.expectedState,
      nonce: kept.expectedNonce,
    });
    return { url, kept };
  },
  finish: async (config, url, kept) => {
    const tokens = await client.authorizationCodeGrant(config, url, kept);
    const { sub } = tokens.claims();
    const info = await client.fetchUserInfo(config, tokens.access_token, sub);
    return { subject: sub, person: info.SoDinhDanh };
  },
});
