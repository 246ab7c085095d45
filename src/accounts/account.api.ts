import { z } from 'zod';
import { ROLES } from './engine/roles.js';

const login = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9._-]{3,64}$/);
const password = z.string().min(10).max(200);
const personName = z.string().trim().min(1).max(100);

export const loginRequest = z.object({ login: z.string().max(64), password: z.string().max(200) });
export type LoginRequest = z.infer<typeof loginRequest>;

export const grantView = z.object({ role: z.enum(ROLES), areaId: z.string().max(64).nullable() });
export const accountView = z.object({
  id: z.string(),
  login: z.string(),
  name: z.string(),
  grants: z.array(grantView),
});
export type AccountView = z.infer<typeof accountView>;

/** `token` is for programs; browsers get the same as a cookie that scripts cannot read. */
export const loginAnswer = z.object({ token: z.string(), expiresAtMs: z.int(), account: accountView });

export const setupRequest = z.object({ code: z.string().max(100), login, password, name: personName });
export type SetupRequest = z.infer<typeof setupRequest>;

const email = z.email().max(254);
export const emailChange = z.object({ email: email.nullable() });
export type EmailChange = z.infer<typeof emailChange>;

export const meView = z.object({ accountId: z.string(), name: z.string(), email: z.string().nullable() });

export const newAccount = z.object({ login, password, name: personName, grants: z.array(grantView).min(1).max(50) });
export type NewAccount = z.infer<typeof newAccount>;
