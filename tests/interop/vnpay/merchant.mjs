// One question to npm `vnpay`: node merchant.mjs '{"do": "url" | "return" | "ipn" | "query" | "refund", ...}' -> JSON.
import { VNPay } from "vnpay";

const asked = JSON.parse(process.argv[2]);
const vnpay = new VNPay({
  tmnCode: asked.terminal.tmn_code,
  secureSecret: asked.terminal.hash_secret,
  vnpayHost: asked.host,
  queryDrAndRefundHost: asked.host,
  hashAlgorithm: "SHA512",
  endpoints: {
    paymentEndpoint: new URL(asked.terminal.pay_url).pathname,
    queryDrRefundEndpoint: new URL(asked.terminal.api_url).pathname,
  },
});
const fields = (url) => Object.fromEntries(new URL(url, asked.host).searchParams);

const answers = {
  url: () => vnpay.buildPaymentUrl(asked.fields),
  return: () => vnpay.verifyReturnUrl(fields(asked.url)),
  ipn: () => vnpay.verifyIpnCall(fields(asked.url)),
  query: () => vnpay.queryDr(asked.fields),
  refund: () => vnpay.refund(asked.fields),
};
console.log(JSON.stringify(await answers[asked.do]()));
