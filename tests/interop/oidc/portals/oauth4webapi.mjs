// npm oauth4webapi, step by step as its example for code flow does; the ID token's signature is asked for too.
import * as oauth from "oauth4webapi";
import { serve } from "./portal.mjs";

const options = { [oauth.allowInsecureRequests]: true };

await serve({
  open: async ({ issuer, client_id, client_secret, redirect_uri }) => {
    const where = new URL(issuer);
    const server = await oauth.processDiscoveryResponse(where, await oauth.discoveryRequest(where, options));
    return { server, client: { client_id }, secret: oauth.ClientSecretPost(client_secret), redirect_uri };
  },
  begin: async ({ server, client }, redirect_uri) => {
    const kept = {
      verifier: oauth.generateRandomCodeVerifier(),
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
    };
    const url = new URL(server.authorization_endpoint);
    const asked = {
      client_id: client.client_id,
      redirect_uri,
      response_type: "code",
      scope: "openid",
      code_challenge: await oauth.calculatePKCECodeChallenge(kept.verifier),
      code_challenge_method: "S256",
      state: kept.state,
      nonce: kept.nonce,
    };
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    return { url, kept };
  },
  finish: async ({ server, client, secret, redirect_uri }, url, { verifier, state, nonce }) => {
    const params = oauth.validateAuthResponse(server, client, url, state);
    const reply = await oauth.authorizationCodeGrantRequest(
      server, client, secret, params, redirect_uri, verifier, options,
    );
    const expected = { expectedNonce: nonce, requireIdToken: true };
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, reply, expected);
    await oauth.validateApplicationLevelSignature(server, reply, options);
    const { sub } = oauth.getValidatedIdTokenClaims(tokens);
    const told = await oauth.userInfoRequest(server, client, tokens.access_token, options);
    const info = await oauth.processUserInfoResponse(server, client, sub, told);
    return { subject: sub, person: info.SoDinhDanh };
  },
});
