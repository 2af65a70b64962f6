// Drives Ringfence with Plivo's official Node SDK, unmodified. Prints one JSON line a step:
// {"step": name, "ok": true, "saw": …} or {"step": name, "ok": false, "error": …}.
// Environment: BASE, ANSWERS (a customer's web server), PLIVO_AUTH_ID, PLIVO_AUTH_TOKEN.
const { BASE, ANSWERS } = process.env;
const axios = require(require.resolve("axios", { paths: [require.resolve("plivo")] }));
const HOSTS = /^https:\/\/(api|lookup|stats|phlorunner)\.plivo\.com/;
const http = axios.getAdapter("http");
axios.defaults.adapter = (config) => {
  config.url = config.url.replace(HOSTS, BASE);
  return http(config);
};
const plivo = require("plivo");
const client = new plivo.Client(process.env.PLIVO_AUTH_ID, process.env.PLIVO_AUTH_TOKEN);
const quiet = console.log;
console.log = () => {}; // applications.create prints its arguments
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function until(probe) {
  for (let turn = 0; turn < 900; turn += 1) {
    const value = await probe().catch(() => null);
    if (value) return value;
    await pause(200);
  }
  return null;
}

async function refused(promise) {
  try {
    await promise;
  } catch (error) {
    return error.status;
  }
  return 0;
}

function must(truth, what) {
  if (!truth) throw new Error(what);
}

async function code(number) {
  const auth = { username: process.env.PLIVO_AUTH_ID, password: process.env.PLIVO_AUTH_TOKEN };
  const url = `https://api.plivo.com/v1/Account/${auth.username}/Sandbox/Handset/${number}/`;
  return until(async () => {
    const { messages } = (await axios.get(url, { auth })).data;
    const found = messages.map((one) => one.text.match(/\b\d{6}\b/)).find(Boolean);
    return found && found[0];
  });
}

const kept = {};
const STEPS = {
  async account() {
    const account = await client.accounts.get();
    must(account.accountType === "standard", account.accountType);
    must((await client.accounts.update({ name: "Node Example", city: "Leeds" })).message === "changed", "update");
    return account.cashCredits;
  },
  async subaccounts() {
    const made = await client.subaccounts.create("Branch", true);
    must((await client.subaccounts.get(made.authId)).name === "Branch", "get");
    must((await client.subaccounts.list()).length >= 1, "list");
    await client.subaccounts.update(made.authId, "Twig", true);
    must(await client.subaccounts.delete(made.authId, true), "delete");
    return made.authId;
  },
  async applications() {
    const made = await client.applications.create("node", { answerUrl: `${ANSWERS}/hello/` });
    kept.app = made.appId;
    must((await client.applications.get(made.appId)).appName === "node", "get");
    must((await client.applications.list({ limit: 1 })).length === 1, "list");
    await client.applications.update(made.appId, { answerMethod: "GET" });
    must((await client.applications.get(made.appId)).answerMethod === "GET", "update");
    return made.appId;
  },
  async endpoints() {
    const made = await client.endpoints.create("node", "tin-can-string", "Node");
    must((await client.endpoints.get(made.endpointId)).sipRegistered === "false", "get");
    await client.endpoints.update(made.endpointId, { alias: "Desk" });
    must((await client.endpoints.list()).length >= 1, "list");
    await client.endpoints.delete(made.endpointId);
    must((await refused(client.endpoints.get(made.endpointId))) === 404, "gone");
    return made.username;
  },
  async numbers() {
    const offer = await client.numbers.search("US", { services: "sms", limit: 1 });
    kept.did = offer[0].number;
    must((await client.numbers.buy(kept.did)).status === "fulfilled", "buy");
    await client.numbers.update(kept.did, { appId: kept.app, alias: "desk" });
    must((await client.numbers.get(kept.did)).alias === "desk", "get");
    must((await client.numbers.list({ alias: "desk" })).length === 1, "list");
    return kept.did;
  },
  async calls() {
    const made = await client.calls.create(kept.did, "15005550100", `${ANSWERS}/hello/`);
    const record = await until(() => client.calls.get(made.requestUuid));
    must(record.hangupCauseCode === 4010, record.hangupCauseCode);
    must((await client.calls.list({ limit: 1 })).length === 1, "list");
    return record.callState;
  },
  async liveCalls() {
    const made = await client.calls.create(kept.did, "15005550100", `${ANSWERS}/wait/`);
    const uuid = made.requestUuid;
    const live = await until(async () => {
      const found = await client.calls.getLiveCall(uuid);
      return found.callStatus === "in-progress" ? found : null;
    });
    must(live.callUuid === uuid, "live");
    must((await client.calls.listLiveCalls()).some((one) => one.callUuid === uuid), "list");
    must((await client.calls.speakText(uuid, "Hello")).message === "speak started", "speak");
    await client.calls.stopSpeakingText(uuid);
    must((await client.calls.playMusic(uuid, `${ANSWERS}/sound.wav`)).message === "play started", "play");
    await client.calls.stopPlayingMusic(uuid);
    must((await client.calls.sendDigits(uuid, "12")).message === "digits sent", "digits");
    must((await client.calls.record(uuid)).message === "call recording started", "record");
    await client.calls.stopRecording(uuid);
    await client.calls.transfer(uuid, { legs: "aleg", alegUrl: `${ANSWERS}/wait/` });
    await client.calls.hangup(uuid);
    const record = await until(() => client.calls.get(uuid));
    must(record.hangupCauseCode === 4000, record.hangupCauseCode);
    return uuid;
  },
  async queuedCalls() {
    const eight = Array(8).fill("15005550120").join("<");
    const made = await client.calls.create(kept.did, eight, `${ANSWERS}/hello/`);
    const last = made.requestUuid[7];
    must((await client.calls.listQueuedCalls()).some((one) => one.callUuid === last), "list");
    must((await client.calls.getQueuedCall(last)).callStatus === "queued", "get");
    for (const uuid of made.requestUuid) await client.calls.cancel(uuid);
    const record = await until(() => client.calls.get(last));
    must(record.hangupCauseCode === 1000, record.hangupCauseCode);
    return made.requestUuid.length;
  },
  async streams() {
    const made = await client.calls.create(kept.did, "15005550100", `${ANSWERS}/wait/`);
    const uuid = made.requestUuid;
    const begun = await until(() => client.calls.stream(uuid, process.env.BOT));
    must(begun.message === "audio streaming started", begun.message);
    const id = begun.streamId;
    must((await client.calls.getStream(uuid, id)).serviceUrl === process.env.BOT, "get");
    must(JSON.stringify(await client.calls.getAllStream(uuid)).includes(id), "list");
    await client.calls.stopStream(uuid, id);
    await client.calls.stopAllStream(uuid);
    await client.calls.hangup(uuid);
    return id;
  },
  async ownNumbers() {
    await client.numbers.addOwnNumber("13075550177", "Example Telecom", "Wyoming");
    must((await client.numbers.get("13075550177")).carrier === "Example Telecom", "get");
    must(await client.numbers.unrent("13075550177"), "unrent");
    return "brought";
  },
  async recordings() {
    const found = await until(async () => {
      const all = await client.recordings.list();
      return all.length ? all[0] : null;
    });
    must((await client.recordings.get(found.recordingId)).recordingId === found.recordingId, "get");
    await client.recordings.delete(found.recordingId);
    return found.recordingFormat;
  },
  async messages() {
    const sent = await client.messages.create(kept.did, "15005550170", "Hello from Node");
    const uuid = sent.messageUuid[0];
    const found = await until(() => client.messages.get(uuid));
    must((await client.messages.list({ limit: 1 })).length === 1, "list");
    must((await client.messages.listMedia(uuid)).objects.length === 0, "media");
    return found.messageState;
  },
  async callerIds() {
    const listed = await client.verify.listVerifiedCallerId();
    must(Array.isArray(listed) || listed, "list");
    const asked = await client.verify.initiate("+12025550147", { channel: "sms" });
    must(asked.verificationUuid, "initiate");
    must((await refused(client.verify.verify(asked.verificationUuid, "000000"))) === 400, "wrong code");
    const done = await client.verify.verify(asked.verificationUuid, await code("+12025550147"));
    must(done.phoneNumber === "+12025550147", done.phoneNumber);
    await client.verify.updateVerifiedCallerId("+12025550147", { alias: "desk" });
    must((await client.verify.getVerifiedCallerId("+12025550147")).alias === "desk", "get");
    await client.verify.deleteVerifiedCallerId("+12025550147");
    return asked.message;
  },
  async verifySessions() {
    const made = await client.verify_session.create({ recipient: "15005550170" });
    const found = await client.verify_session.get(made.sessionUuid);
    must(found.status === "in-progress", found.status);
    await client.verify_session.list();
    const wrong = client.verify_session.validate({ id: made.sessionUuid, otp: "000000" });
    must((await refused(wrong)) === 400, "wrong code");
    return found.channel;
  },
  async pricing() {
    const found = await client.pricings.get("US");
    must(found.voice.outbound.rates.length >= 1, "rates");
    return found.country;
  },
  async lookup() {
    const found = await client.lookup.get("+14155550100", "carrier");
    return found.country.iso2 || found.country;
  },
  async token() {
    const made = await client.token.create(process.env.PLIVO_AUTH_ID, {});
    must(made.token.split(".").length === 3, "token");
    return "minted";
  },
  async feedback() {
    const made = await client.calls.create(kept.did, "15005550121", `${ANSWERS}/hello/`);
    await until(() => client.calls.get(made.requestUuid));
    const done = await client.callFeedback.create(made.requestUuid, "4");
    return done.message || done.status;
  },
  async refusals() {
    const seen = [
      await refused(client.applications.get("21000000000000009")),
      await refused(client.applications.create("x", { answerUrl: "nonsense" })),
      await refused(client.calls.create(kept.did, "33639981234", `${ANSWERS}/hello/`)),
    ];
    must(JSON.stringify(seen) === "[404,400,403]", JSON.stringify(seen));
    return seen;
  },
  async leave() {
    must(await client.numbers.unrent(kept.did), "unrent");
    must(await client.applications.delete(kept.app), "delete");
    return "left";
  },
};

(async () => {
  for (const [step, run] of Object.entries(STEPS)) {
    try {
      quiet(JSON.stringify({ step, ok: true, saw: await run() }));
    } catch (error) {
      quiet(JSON.stringify({ step, ok: false, error: `${error.status || ""} ${error.message}` }));
    }
  }
  process.exit(0);
})();
