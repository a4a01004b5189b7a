// One line of JSON in, one out, as long as somebody asks: {"terminal", "host", "fields"} -> the pay URL of npm `vnpay`.
import { createInterface } from "node:readline";
import { VNPay } from "vnpay";

for await (const line of createInterface({ input: process.stdin })) {
  const { terminal, host, fields, notice } = JSON.parse(line);
  const vnpay = new VNPay({
    tmnCode: terminal.tmn_code,
    secureSecret: terminal.hash_secret,
    vnpayHost: host,
    hashAlgorithm: "SHA512",
  });
  const answer = notice
    ? vnpay.verifyIpnCall(Object.fromEntries(new URLSearchParams(notice)))
    : { url: vnpay.buildPaymentUrl(fields) };
  console.log(JSON.stringify(answer));
}
