import { z } from 'zod';

const accountIds = z.array(z.string().min(1).max(64)).max(50);
const person = z.object({ id: z.string(), name: z.string() });

export const newEmergencyPolicy = z.object({
  /** Who may air in an emergency; nobody: the policy of the areas above does not hold here either. */
  dutyAccountIds: accountIds,
  preApproved: z.boolean(),
  freeText: z.boolean(),
  reviewWithinMinutes: z.int().min(5).max(1_440),
});
export type NewEmergencyPolicy = z.infer<typeof newEmergencyPolicy>;

export const emergencyPolicyView = z.object({
  /** Whose policy it is: this area's, or that of one above. */
  areaId: z.string(),
  duty: z.array(person),
  preApproved: z.boolean(),
  freeText: z.boolean(),
  reviewWithinMinutes: z.int(),
  changedByName: z.string(),
  changedAtMs: z.int(),
});
export type EmergencyPolicyView = z.infer<typeof emergencyPolicyView>;

/** What is in force at the area. */
export const policyAnswer = z.object({ policy: emergencyPolicyView.nullable(), inherited: z.boolean() });
export type PolicyAnswer = z.infer<typeof policyAnswer>;

/** The list of a language replaces the one before; none: the list of the nearest area above counts. */
export const reviewerChange = z.object({ language: z.string().regex(/^[a-z]{2,3}$/), accountIds });
export type ReviewerChange = z.infer<typeof reviewerChange>;

/** The lists of the area itself. */
export const reviewerLists = z.array(z.object({ language: z.string(), reviewers: z.array(person) }));
export type ReviewerLists = z.infer<typeof reviewerLists>;
