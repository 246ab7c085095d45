import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigProblem, readConfig } from './index.js';

describe('configuration', () => {
  it('has a default for everything', () => {
    const config = readConfig({});
    expect(config.databaseUrl).toBeNull();
    expect([...config.roles]).toEqual(['api', 'ingest', 'worker']);
    expect(config.demo).toBe(false);
    expect(config.retention).toMatchObject({ receiptDays: null, confirmationDays: null });
  });

  it.each([
    ['VANG_PORT', 'many'],
    ['VANG_PORT', '70000'],
    ['DATABASE_URL', 'mysql://x/y'],
    ['MQTT_URL', 'localhost:1883'],
    ['VANG_ROLES', 'api,chef'],
    ['VANG_LOG_LEVEL', 'loud'],
    ['VANG_RECEIPT_DAYS', '89'],
    ['VANG_CONFIRMATION_DAYS', 'soon'],
    ['VANG_ADMIN_LOGIN', 'quantri'],
    ['VANG_SMTP_URL', 'http://mail.xa.gov.vn'],
    ['VANG_SMTP_URL', 'smtp://mail.xa.gov.vn'],
    ['VANG_MAIL_FROM', 'vang'],
    ['VANG_MAIL_FROM', 'vang@xa.gov.vn, khac@xa.gov.vn'],
    ['VANG_MAIL_FROM', 'Vang\nBcc: khac@xa.gov.vn <vang@xa.gov.vn>'],
    ['VANG_PUSH_PRIVATE_ENDPOINTS', 'maybe'],
    ['VANG_MQTT_WS_PORT', '-1'],
    ['VANG_MQTT_TLS_CERT', '/etc/cert.pem'],
    ['VANG_HTTP_TLS_KEY', '/etc/key.pem'],
    ['VANG_BROKER_ACCESS', 'open'],
    ['VANG_BROKER_ACCESS', 'http'],
    ['VANG_BROKER_SECRET', 'short'],
    ['VANG_BROKER_ADMIN_PASSWORD', 'short'],
  ])('names %s when it is wrong', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`^Configuration: .*${name}`));
  });

  it('reads a secret from a file and never repeats it in a message', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'vang-config-')), 'password');
    writeFileSync(file, 'mật khẩu dài lắm\n');
    const config = readConfig({ VANG_ADMIN_LOGIN: 'quantri', VANG_ADMIN_PASSWORD_FILE: file });
    expect(config.firstAdministrator?.password).toBe('mật khẩu dài lắm');
    writeFileSync(file, 'ngắn');
    const wrong = () => readConfig({ VANG_ADMIN_LOGIN: 'quantri', VANG_ADMIN_PASSWORD_FILE: file });
    expect(wrong).toThrow(/VANG_ADMIN_PASSWORD/);
    expect(wrong).not.toThrow(/ngắn/);
  });

  it('mail needs a server, whose address may be a secret file, and a sender', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'vang-config-')), 'smtp');
    writeFileSync(file, 'smtps://vang:matkhau@mail.xa.gov.vn:465\n');
    expect(readConfig({}).mail).toBeNull();
    expect(readConfig({ VANG_SMTP_URL_FILE: file, VANG_MAIL_FROM: 'Đài xã <vang@xa.gov.vn>' }).mail).toEqual({
      smtpUrl: 'smtps://vang:matkhau@mail.xa.gov.vn:465',
      from: { name: 'Đài xã', address: 'vang@xa.gov.vn' },
    });
    const alone = () => readConfig({ VANG_SMTP_URL_FILE: file });
    expect(alone).toThrow(/VANG_MAIL_FROM/);
    expect(alone).not.toThrow(/matkhau/);
  });

  it('access on an external broker needs the broker and what it is asked with; no password is repeated in a message', () => {
    const MQTT_URL = 'mqtts://vang:matkhaucuamay@mqtt.xa.gov.vn';
    const admin = { VANG_BROKER_ADMIN_USER: 'admin', VANG_BROKER_ADMIN_PASSWORD: 'matkhauquantri' };
    const secret = 'x'.repeat(43);
    const access = (changes: Record<string, string>) => readConfig({ MQTT_URL, ...changes }).mqtt.access;
    expect(access({})).toEqual({ kind: 'none' });
    expect(access({ VANG_BROKER_ACCESS: 'dynamic-security', ...admin })).toEqual({
      kind: 'dynamic-security',
      admin: { username: 'admin', password: 'matkhauquantri' },
    });
    expect(access({ VANG_BROKER_ACCESS: 'http', VANG_BROKER_SECRET: secret })).toEqual({ kind: 'http', secret });
    expect(() => access({ VANG_BROKER_ACCESS: 'http' })).toThrow(/VANG_BROKER_SECRET/);
    expect(() => access({ VANG_BROKER_ACCESS: 'dynamic-security' })).toThrow(/VANG_BROKER_ADMIN_USER/);
    const withoutService = () => access({ MQTT_URL: 'mqtt://h', VANG_BROKER_ACCESS: 'dynamic-security', ...admin });
    expect(withoutService).toThrow(/MQTT_URL/);
    expect(withoutService).not.toThrow(/matkhau/);
    expect(() => readConfig({ VANG_BROKER_ACCESS: 'http', VANG_BROKER_SECRET: secret })).toThrow(/MQTT_URL/);
  });

  it('TLS is two files that belong together, and those of the broker are for the embedded one', () => {
    const files = { VANG_MQTT_TLS_CERT: '/c.pem', VANG_MQTT_TLS_KEY: '/k.pem' };
    expect(readConfig({}).mqtt).toMatchObject({ tls: null, webSocketPort: null });
    expect(readConfig({ ...files, VANG_MQTT_WS_PORT: '8084' }).mqtt).toMatchObject({
      tls: { certFile: '/c.pem', keyFile: '/k.pem' },
      webSocketPort: 8084,
    });
    expect(() => readConfig({ VANG_HTTP_TLS_CERT: '/c.pem' })).toThrow(/VANG_HTTP_TLS_KEY/);
    expect(() => readConfig({ ...files, MQTT_URL: 'mqtt://h' })).toThrow(/embedded/);
  });

  it('refuses a value given twice and a secret file that is not there', () => {
    expect(() => readConfig({ DATABASE_URL: 'postgres://a/b', DATABASE_URL_FILE: '/nowhere' })).toThrow(/DATABASE_URL/);
    expect(() => readConfig({ DATABASE_URL_FILE: '/nowhere' })).toThrow(ConfigProblem);
  });

  it('refuses divided roles on SQLite and on the embedded broker, which serve one process', () => {
    expect(() => readConfig({ VANG_ROLES: 'api' })).toThrow(/VANG_ROLES/);
    expect(() => readConfig({ VANG_ROLES: 'api', DATABASE_URL: 'postgres://h/d' })).toThrow(/MQTT_URL/);
    expect(
      readConfig({ VANG_ROLES: 'api', DATABASE_URL: 'postgres://h/d', MQTT_URL: 'mqtt://h' }).roles.has('worker'),
    ).toBe(false);
  });
});
