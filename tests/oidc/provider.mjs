// A certified OpenID provider (oidc-provider) for the tests. It signs in whoever the account `login` says, without
// asking: the interaction is finished at once. The first line on standard output is its issuer. Requests to
// /test change what it says, and have it send a logout token.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [redirect] = process.argv.slice(2);
// What the next sign-in says: the account, its claims, and how to break the answer.
let says = { sub: "s-1", claims: {} };
// The last logout token.
let received = "";

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "hedgerow",
        client_secret: "a-secret-of-the-test",
        redirect_uris: [redirect],
        backchannel_logout_uri: "https://site.example/logout",
        backchannel_logout_session_required: true,
      },
    ],
    claims: {
      openid: ["sub", "acr", "amr"],
      profile: ["name", "preferred_username", "groups"],
      email: ["email", "email_verified"],
    },
    features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: false } },
    pkce: { required: () => true },
    // The only request of its own is a logout token, which the test takes to the site.
    fetch: async (_url, { body }) => {
      received = new URLSearchParams(body).get("logout_token");
      return new Response();
    },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, ...says.claims }),
    }),
    renderError: (context, out) => {
      context.type = "json";
      context.body = out;
    },
  });

  async function finish(request, response) {
    const details = await provider.interactionDetails(request, response);
    if (says.refuses) {
      const result = { error: "access_denied", error_description: "no" };
      return provider.interactionFinished(request, response, result);
    }
    const { prompt, params, grantId } = details;
    if (prompt.name === "login") {
      const ts = Math.floor(Date.now() / 1000) - (says.signed_in_before ?? 0);
      const result = { login: { accountId: says.sub, amr: says.amr, ts } };
      return provider.interactionFinished(request, response, result);
    }
    const grant = grantId
      ? await provider.Grant.find(grantId)
      : new provider.Grant({ accountId: says.sub, clientId: params.client_id });
    grant.addOIDCScope("openid profile email");
    const result = { consent: { grantId: await grant.save() } };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
  }

  async function read(request) {
    let body = "";
    for await (const part of request) body += part;
    return body;
  }

  async function say(request, response) {
    says = JSON.parse(await read(request));
    response.end("ok");
  }

  // Answers with a logout token.
  async function logOut(request, response) {
    const { sub, sid } = JSON.parse(await read(request));
    const client = await provider.Client.find("hedgerow");
    await client.backchannelLogout(sub, sid);
    response.end(received);
  }

  const answer = provider.callback();
  server.on("request", (request, response) => {
    const failed = (error) => {
      response.statusCode = 500;
      response.end(String(error));
    };
    if (request.url === "/test") return say(request, response).catch(failed);
    if (request.url === "/test/logout") return logOut(request, response).catch(failed);
    if (request.url.startsWith("/interaction/")) return finish(request, response).catch(failed);
    return answer(request, response);
  });
  console.log(issuer);
});
// The test ends, and with it the pipe.
process.stdin.on("end", () => process.exit(0)).resume();
