import type { Clause } from './clause.js';
import { CLAUSES, ESSENTIAL } from './clauses.js';
import { Gate } from './gate.js';
import { Kit, type Launch } from './kit.js';
import { Schedule } from './schedule.js';
import { Station, type StationOptions } from './station/station.js';
import { Breach, type Finding, NotTried, type Profile } from './verdict.js';

export interface RunOptions extends StationOptions, Launch {
  readonly profile: Profile;
  readonly clauses: readonly Clause[];
  /** The text of the QR code with which the controller is to enrol. */
  readonly announce: (claim: string) => void;
  /** As each clause is judged. */
  readonly tell?: (finding: Finding) => void;
}

export interface Report {
  readonly profile: Profile;
  readonly device: { readonly model: string | null; readonly serial: string | null };
  readonly beganAt: string;
  readonly tookMs: number;
  /** In the order of the clauses. */
  readonly clauses: readonly Finding[];
}

const TRIALS_AT_A_TIME = 2;

/** The whole examination of one controller. Rejects only where the kit itself cannot go on, e.g. its port is taken. */
export async function examine(options: RunOptions): Promise<Report> {
  const station = new Station(options);
  const kit = new Kit(station, options.profile, options);
  const beganMs = kit.now;
  const findings = new Map<string, Finding>();
  const note = (finding: Finding) => {
    findings.set(finding.id, finding);
    if (options.clauses.some(({ id }) => id === finding.id) || finding.outcome === 'fail') options.tell?.(finding);
  };
  try {
    await station.start();
    await new Examination(kit, options, note).run();
  } finally {
    await kit.stopController();
    await station.stop();
  }
  const { request = null } = station.desk.asked.all.find(({ device }) => device === kit.device) ?? {};
  return {
    profile: options.profile,
    device: { model: request?.model ?? null, serial: request?.serial ?? null },
    beganAt: new Date(beganMs).toISOString(),
    tookMs: kit.now - beganMs,
    clauses: CLAUSES.flatMap(({ id }) => {
      const finding = findings.get(id);
      const asked = options.clauses.some((clause) => clause.id === id);
      return finding && (asked || finding.outcome === 'fail') ? [finding] : [];
    }),
  };
}

class Examination {
  constructor(
    private readonly kit: Kit,
    private readonly options: RunOptions,
    private readonly note: (finding: Finding) => void,
  ) {}

  async run(): Promise<void> {
    const { kit } = this;
    await new Schedule(this.#of('trial'), TRIALS_AT_A_TIME).run((clause) => this.#judge(clause));
    const opening = this.#of('opening');
    if (opening.length > 0) kit.station.answerTime = null;
    const claim = kit.station.claim(kit.device);
    this.options.announce(claim);
    await kit.startController(claim);
    const [enrols, connects, knowsTime, holdsPlan] = ESSENTIAL as [Clause, Clause, Clause, Clause];
    const lost =
      (await this.#isLost(enrols)) ??
      (await this.#isLost(connects)) ??
      (await this.#open(opening)) ??
      (await this.#isLost(knowsTime)) ??
      (await this.#isLost(holdsPlan));
    const rest = this.#of('run').filter((clause) => !ESSENTIAL.includes(clause));
    if (lost) for (const clause of [...opening, ...rest]) this.#skip(clause, lost);
    else await new Schedule(rest).run((clause) => this.#judge(clause));
    for (const clause of this.#of('watch')) await this.#judge(clause);
  }

  #of(phase: Clause['phase']): Clause[] {
    return this.options.clauses.filter((clause) => clause.phase === phase);
  }

  /** Null: it holds. Otherwise why nothing after it can be tried. */
  async #isLost(clause: Clause): Promise<string | null> {
    const { outcome } = await this.#judge(clause);
    return outcome === 'pass' ? null : `the controller did not get so far: ${clause.id}`;
  }

  /** From the first connection on, until every clause of the opening is ready for the time to be known. */
  async #open(opening: readonly Clause[]): Promise<null> {
    const gate = new Gate(opening.map(({ id }) => id));
    this.kit.gate = gate;
    const judged = opening.map((clause) => this.#judge(clause).finally(() => gate.leave(clause.id)));
    await gate.opened;
    this.kit.station.answerTime = (nonce) => this.kit.station.sendTime(nonce);
    await Promise.all(judged);
    return null;
  }

  #skip(clause: Clause, reason: string): void {
    const { id, title, proves } = clause;
    this.note({ id, title, proves, outcome: 'skipped', reason, tookMs: 0 });
  }

  async #judge(clause: Clause): Promise<Finding> {
    const { id, title, proves, limitMs } = clause;
    const beganMs = this.kit.now;
    const judged = (how: Pick<Finding, 'outcome' | 'reason' | 'evidence'>): Finding => {
      const finding = { id, title, proves, ...how, tookMs: this.kit.now - beganMs };
      this.note(finding);
      return finding;
    };
    if (clause.profile === 'full' && this.kit.profile === 'minimum')
      return judged({ outcome: 'skipped', reason: 'the minimum profile leaves it out' });
    if (clause.restarts && !this.kit.canRestart)
      return judged({ outcome: 'skipped', reason: 'the kit cannot start and stop this controller (--start)' });
    let timer: NodeJS.Timeout | null = null;
    try {
      const late = new Promise<never>((_, fail) => {
        timer = setTimeout(() => fail(new Breach(`not done within ${limitMs / 1000} s`)), limitMs);
      });
      await Promise.race([clause.check(this.kit), late]);
      return judged({ outcome: 'pass' });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof NotTried) return judged({ outcome: 'skipped', reason });
      if (error instanceof Breach) return judged({ outcome: 'fail', reason, evidence: error.evidence });
      // A fault of the kit, or of what it was given: never a pass.
      return judged({ outcome: 'fail', reason: `the kit failed: ${error instanceof Error ? error.stack : reason}` });
    } finally {
      if (timer) clearTimeout(timer);
    }
  }
}
