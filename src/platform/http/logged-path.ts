/** 256 random bits in base64url: a token that opens something for whoever holds it. */
const TOKEN = /\/[A-Za-z0-9_-]{43}(?=\/|$)/g;

/** A path as it may stand in a log: addresses sent to people without an account carry a token. */
export const loggedPath = (path: string): string => path.replace(TOKEN, '/[hidden]');
