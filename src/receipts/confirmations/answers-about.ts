import type { EntityManager } from 'typeorm';
import type { Confirmation, ConfirmationSession } from './confirmation.entity.js';
import { answersAbout, evidenceOf } from './confirmation.queries.js';
import { type Contradiction, contradictionOf } from './engine/contradiction.js';

export interface JudgedAnswer {
  readonly given: Confirmation;
  readonly session: ConfirmationSession;
  /** Null: receipts do not speak against it. */
  readonly contradiction: Contradiction | null;
}

/** Answers that hold of a hamlet's sessions with an item, by time, each against what devices say of the whole session by now. */
export async function judgedAnswers(
  reader: EntityManager,
  question: Parameters<typeof answersAbout>[1],
): Promise<JudgedAnswer[]> {
  const answers = await answersAbout(reader, question);
  const evidence = await evidenceOf(
    reader,
    answers.map(({ session }) => session),
  );
  return answers.map(({ confirmation: given, session }) => {
    const plays = session.plays.flatMap(({ id }) => evidence.get(id) ?? []);
    const clusterIds = session.clusters.map(({ id }) => id);
    return { given, session, contradiction: contradictionOf(given.answer, clusterIds, plays) };
  });
}
