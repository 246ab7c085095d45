import { z } from 'zod';
import { CRITERIA } from './plan.entity.js';

const day = z.iso.date();
const words = (most: number) => z.string().trim().min(1).max(most);

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
      }),
    )
    .min(1)
    .max(100),
});
export type NewPlan = z.infer<typeof newPlan>;

const planLineView = z.object({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  target: z.int(),
  unit: z.string(),
  criterion: z.enum(CRITERIA),
});

export const planView = newPlan.omit({ lines: true }).extend({ id: z.string(), lines: z.array(planLineView) });
export type PlanView = z.infer<typeof planView>;
