export * from './campaign.js';
export type { Interval } from './free-time.js';
export { nextFree } from './next-free.js';
export { type PlannerAnswer, planCampaign, planMakeUps } from './planner.js';
export { MOST_PLAYS_PER_CELL, type PlannerRefusal } from './refusal.js';
