import { z } from 'zod';
import { CLUSTERS_REQUIRED, CRITERIA, LEAST_GRADES } from './plan.entity.js';

const day = z.iso.date();
const words = (most: number) => z.string().trim().min(1).max(most);

/** BCP 47, as items of the library state it. */
const language = z
  .string()
  .max(35)
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/);

/** When a cell (item × hamlet) of a line is complete. */
const rule = {
  /** Complete plays that each cluster owes. */
  plays: z.int().min(1).max(100),
  /** Must every cluster of a hamlet have them, or is one enough? */
  clusters: z.enum(CLUSTERS_REQUIRED),
  /** `sensed`: the loudspeaker line carried a signal; `heard`: a hamlet head heard it. */
  leastGrade: z.enum(LEAST_GRADES),
  /** Only these count; null: any. */
  languages: z.array(language).min(1).max(20).nullable(),
};

export const newPlan = z.object({
  areaId: z.string().max(64),
  number: words(100),
  title: words(500),
  issuer: words(200),
  issuedOn: day,
  periodFrom: day,
  periodTo: day,
  reportDeadline: day.nullable().default(null),
  legalBasis: z.string().max(5_000).default(''),
  funding: z.string().max(5_000).default(''),
  audiences: z.array(words(100)).max(50).default([]),
  recipients: z.array(words(200)).max(50).default([]),
  note: z.string().max(1_000).default(''),
  lines: z
    .array(
      z.object({
        kind: words(50),
        title: words(300),
        target: z.int().min(0).max(1_000_000),
        unit: words(50),
        criterion: z.enum(CRITERIA),
        plays: rule.plays.default(1),
        clusters: rule.clusters.default('all'),
        leastGrade: rule.leastGrade.default('completed'),
        languages: rule.languages.default(null),
      }),
    )
    .min(1)
    .max(100),
});
export type NewPlan = z.infer<typeof newPlan>;

/** What is not given stays. The whole line is judged by the new rule, also what was played before. */
export const ruleChange = z.object(rule).partial();
export type RuleChange = z.infer<typeof ruleChange>;

export const planLineView = z.object({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  target: z.int(),
  unit: z.string(),
  criterion: z.enum(CRITERIA),
  ...rule,
});
export type PlanLineView = z.infer<typeof planLineView>;

export const planView = newPlan.omit({ lines: true }).extend({ id: z.string(), lines: z.array(planLineView) });
export type PlanView = z.infer<typeof planView>;
