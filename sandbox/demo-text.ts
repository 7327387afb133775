/** What the demo prints once everything runs. Each command works by itself and in another terminal. */
export interface DemoPlaces {
  readonly service: string;
  readonly vendor: string;
  /** The API key, for the Authorization header. */
  readonly key: string;
  /** Where the logs are. */
  readonly folder: string;
  readonly callsPerMinute: number;
}

const lineCount = 100_000;
/** The service's default for one call. */
const linesPerCall = 100;

const update = JSON.stringify({
  identifiers: [{ type: 'mobile', value: '919900000001' }],
  firstName: 'Asha',
  lastName: 'Rao-Iyer',
  loyaltyType: 'loyalty',
});

export function demoText({ service, vendor, key, folder, callsPerMinute }: DemoPlaces): string {
  const imports = `${service}/v1/imports`;
  const authorization = `-H 'Authorization: Bearer ${key}'`;
  const newestId = `$(curl -sS ${authorization} '${imports}?limit=1' | node -pe 'JSON.parse(fs.readFileSync(0)).imports[0].id')`;
  const linesPerMinute = callsPerMinute * linesPerCall;
  return `
Swagger UI:  ${service}/docs

The API key of the demo, for Authorize in Swagger UI and for the commands of the README:
KEY=${key}

Update a customer:
curl -X PATCH '${service}/v1/customers' ${authorization} -H 'Content-Type: application/json' -d '${update}'

Show the customer as the vendor now has it:
curl '${vendor}/_sandbox/customers?identifier=mobile:919900000001'

Import a file of ${lineCount} customers. In another terminal, in this folder:
npm run --silent demo:customers -- ${lineCount} > customers.csv
curl -sS -X POST '${imports}?kind=customers' ${authorization} -H 'Content-Type: text/csv' --data-binary @customers.csv

Watch the newest import until it ends, at no more than ${callsPerMinute} calls or ${linesPerMinute} lines a minute:
curl -sSN ${authorization} "${imports}/${newestId}/events"

Kill everything meanwhile, restart it with npm run demo, and watch again: the import continues within half a minute.
kill -9 ${process.pid}

Download the result of each line:
curl -sS ${authorization} -H 'Accept: text/csv' "${imports}/${newestId}/results" > results.csv

Logs:  ${folder}/service.log and ${folder}/sandbox.log
Ctrl-C stops both.`;
}
