import { CLAUSES } from './clauses.js';

const WHAT = {
  trial: 'a start of its own',
  opening: 'first connection, time unknown',
  run: 'in its life',
  watch: 'all the time',
} as const;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', '\\n');

/** docs/protocol/conformance.md: how a maker uses the kit, and every clause that it knows. */
export function conformancePage(): string {
  const rows = CLAUSES.map(
    ({ id, title, proves, profile, phase, restarts }) =>
      `| \`${id}\` | ${cell(title)} | ${cell(proves)} | ${profile} | ${WHAT[phase]}${restarts ? ', with `--start`' : ''} |`,
  );
  return `# Does a controller keep the contract?

The conformance kit is a small service for one controller: enrolment, broker, keys, plans, audio, acknowledgements. It needs nothing
else: no database, no Vang. It tries the controller clause by clause and says which sentence of the contract a controller
does not keep, with what it saw.

It runs from a checkout of this repository, on Node.js 20.19, 22 or 24, after \`npm ci\` (what that needs: [README](../../README.md)).
The command builds the kit first; the ports that it names must be open for the controller.

    npm run conformance -- --host 192.168.1.10

prints a claim (the text of a QR code). Start the controller with it, on a network that reaches that address; the kit waits
15 minutes. A controller that is a program can be started, and have its power cut, by the kit itself:

    npm run conformance -- --start "node dist/devices/player/main.js --claim {claim} --data {data} --sound null"

\`{claim}\` and \`{data}\` (a folder of its own) are filled in; the command runs without a shell, its words are split at spaces.

| Flag | Meaning (default) |
|---|---|
| \`--profile\` | \`full\`, or \`minimum\` for small firmware (\`full\`) |
| \`--host\` | address of this machine as the controller reaches it; also stands in the claim (\`127.0.0.1\`) |
| \`--http\`, \`--mqtt\` | ports (any that are free) |
| \`--only\` | clauses by name, or groups: \`plan,receipts.chain\` (all) |
| \`--start\` | the command of the controller; without it the clauses that cut its power are skipped |
| \`--json\` | one JSON report on standard output; the table goes to standard error |

Exit 0: no clause failed. 1: one did. 2: the kit cannot run so. A clause that cannot be tried is \`skipped\`, with the reason: that is
no pass. The whole takes about two and a half minutes with a fast controller; tones of 600 Hz are heard while it runs. Keys are made for each
run and gone after it. The clock of the kit's machine is the server time of the run.

The controller must begin a play within 1 s of its instant, be silent within 0.7 s of its latest end, answer a command or
a refusal within 6 s, and come back within 75 s after the network and 60 s after the power. What it fetches at its first plan lengthens
the lead of all others, so a slow network is no fault. Nobody listens to the loudspeaker: that sound is heard, and as loud as told, is
for the maker to hear; the kit judges what the controller says of it.

## Clauses

| Clause | What it does | The contract | Profile | Tried |
|---|---|---|---|---|
${rows.join('\n')}
`;
}
