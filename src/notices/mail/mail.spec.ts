import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { Database } from '../../platform/database/index.js';
import { InboxService } from '../inbox.service.js';
import { defineNotices } from '../kinds.js';
import { NoticeDelivery } from '../notice.entity.js';
import { BASE_URL, emptied, HOUR_MS, NoticeRoom, noticeSuite } from '../notices.spec-support.js';

const PLAIN_TITLE = 'Bai cho duyet';
const plainNotice = defineNotices({
  'mail.plain': { vi: { title: '{title}', body: 'Noi dung' }, en: { title: '{title} in English', body: 'Body' } },
});

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly headers: readonly string[];
  readonly text: string;
}

/** A real SMTP server that keeps what it is given. */
class Postbox {
  readonly mails: Mail[] = [];
  attempts = 0;
  /** Answer to the recipient; 250 takes the mail. */
  answer = 250;

  readonly #server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    logger: false,
    onRcptTo: (_address, _session, done) => {
      this.attempts += 1;
      done(this.answer === 250 ? null : Object.assign(new Error('no'), { responseCode: this.answer }));
    },
    onData: (stream, session, done) => {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        this.mails.push({ from, to: rcptTo.map(({ address }) => address), ...parse(Buffer.concat(pieces).toString()) });
        done();
      });
    },
  });

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `smtp://127.0.0.1:${portOf(this.#server.server)}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

function portOf(server: { address(): unknown }): number {
  const address = server.address();
  return typeof address === 'object' && address !== null && 'port' in address ? Number(address.port) : 0;
}

/** Headers unfolded, one a line; the body decoded. */
function parse(raw: string): { headers: string[]; text: string } {
  const end = raw.indexOf('\r\n\r\n');
  const headers = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const encoding = headerOf({ headers }, 'Content-Transfer-Encoding');
  const body = raw.slice(end + 4);
  const bytes =
    encoding === 'base64'
      ? Buffer.from(body, 'base64')
      : Buffer.from(
          encoding === 'quoted-printable'
            ? body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)))
            : body,
          'latin1',
        );
  return { headers, text: bytes.toString('utf8').replaceAll('\r\n', '\n') };
}

const headerOf = ({ headers }: Pick<Mail, 'headers'>, name: string): string | undefined =>
  headers.find((header) => header.toLowerCase().startsWith(`${name.toLowerCase()}:`))?.slice(name.length + 2);

const decoded = (words: string | undefined): string =>
  (words ?? '')
    .replace(/\?= =\?/g, '?==?')
    .replace(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi, (_, how: string, coded: string) =>
      how.toUpperCase() === 'B'
        ? Buffer.from(coded, 'base64').toString()
        : Buffer.from(
            coded
              .replaceAll('_', ' ')
              .replace(/=([0-9A-F]{2})/g, (_hex, hex) => String.fromCharCode(parseInt(hex, 16))),
            'latin1',
          ).toString(),
    );

describeOnBothDatabases('notices by e-mail', noticeSuite, (open) => {
  let database: Database;
  let post: Postbox;
  let smtpUrl: string;
  const rooms: NoticeRoom[] = [];
  const from = { name: 'Đài xã An Khương', address: 'vang@xa.gov.vn' };
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    await emptied(database);
    post = new Postbox();
    smtpUrl = await post.open();
  });
  afterEach(async () => {
    for (const room of rooms.splice(0)) await room.close();
    await post.close();
  });
  async function start(url = smtpUrl): Promise<NoticeRoom> {
    const room = await NoticeRoom.open(database, { mail: { smtpUrl: url, from } });
    rooms.push(room);
    return room;
  }
  const told = async (room: NoticeRoom, title = PLAIN_TITLE, changes = {}) => {
    await room.tell({ ...plainNotice('mail.plain', { title }), ...changes });
    await room.carried();
  };
  const states = async (room: NoticeRoom) => (await room.deliveries()).map(({ state, reason }) => reason ?? state);
  const NAM = { email: 'nam@xa.gov.vn' };

  it('each person gets a mail of their own, in Vietnamese, with the whole address of the matter', async () => {
    const room = await start();
    await room.person('Anh Nam', 'approver', '/p/c/', NAM);
    await room.person('Chị Lan', 'approver', '/p/c/', { email: 'lan@xa.gov.vn' });
    await room.person('không thư', 'approver');
    await room.tell();
    await room.carried();
    expect(post.mails.map(({ to }) => to).sort()).toEqual([['lan@xa.gov.vn'], ['nam@xa.gov.vn']]);
    const [mail] = post.mails.filter(({ to }) => to[0] === 'nam@xa.gov.vn');
    if (!mail) throw new Error('no mail');
    expect(mail.from).toBe('vang@xa.gov.vn');
    expect(decoded(headerOf(mail, 'Subject'))).toBe('Lịch tiêm chủng chờ duyệt');
    expect(decoded(headerOf(mail, 'From'))).toBe('Đài xã An Khương <vang@xa.gov.vn>');
    expect(headerOf(mail, 'Auto-Submitted')).toBe('auto-generated');
    expect(headerOf(mail, 'Content-Type')).toBe('text/plain; charset=utf-8');
    expect(mail.text).toContain('Chị Hoa gửi «Lịch tiêm chủng» để duyệt.');
    expect(mail.text).toContain(`\n${BASE_URL}/duyet?item=1\n`);
    expect(await states(room)).toEqual(['sent', 'sent']);
  });

  it.each([
    ['a line break', 'Tin\r\nBcc: ke.gian@do.vn\r\n\r\nXin chao'],
    ['a bare line feed', 'Tin\nBcc: ke.gian@do.vn'],
    ['a bare carriage return', 'Tin\rBcc: ke.gian@do.vn'],
    ['other line ends', 'Tin\u2028Bcc: ke.gian@do.vn\u0085Cc: x@do.vn\u000bTo: y@do.vn'],
    ['an encoded word', '=?UTF-8?Q?Tin=0D=0ABcc:_ke.gian@do.vn?='],
    ['the end of the data', 'Tin\r\n.\r\nMAIL FROM:<ke.gian@do.vn>'],
  ])('a title with %s starts no header and no other mail', async (_what, title) => {
    const room = await start();
    await room.person('Anh Nam\r\nBcc: ke.gian@do.vn', 'approver', '/p/c/', NAM);
    await told(room, title);
    expect(post.mails).toHaveLength(1);
    const [mail] = post.mails;
    expect(mail?.to).toEqual(['nam@xa.gov.vn']);
    const names = mail?.headers.map((header) => header.split(':')[0]?.toLowerCase()) ?? [];
    expect([...names].sort()).toEqual([
      'auto-submitted',
      'content-transfer-encoding',
      'content-type',
      'date',
      'from',
      'message-id',
      'mime-version',
      'subject',
      'to',
    ]);
  });

  it('the server is dead for hours: the mail comes when it is back, once, and nothing else waited for it', async () => {
    await post.close();
    const room = await start();
    const nam = await room.person('Anh Nam', 'approver', '/p/c/', NAM);
    await told(room);
    expect(await room.waiting(nam)).toEqual([PLAIN_TITLE]);
    await room.later(HOUR_MS, 10 * 60_000);
    expect(await states(room)).toEqual(['waiting']);
    post = new Postbox();
    const again = await start(await post.open());
    again.clock.set(room.clock.nowMs());
    await again.later(20 * 60_000, 10 * 60_000);
    expect(post.mails).toHaveLength(1);
    expect(await states(again)).toEqual(['sent']);
  });

  it('a server that takes the connection and says nothing holds up mails only, and for some seconds', async () => {
    const held: Socket[] = [];
    const silent: Server = createServer((socket) => void held.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const room = await start(`smtp://127.0.0.1:${portOf(silent)}`);
    const nam = await room.person('Anh Nam', 'approver', '/p/c/', NAM);
    const asked = new Promise((resolve) => silent.once('connection', resolve));
    await room.tell({ remindAfterMs: HOUR_MS });
    room.relay.wake();
    await asked;
    // The mail hangs; the next notice and the reminder of the first come all the same.
    await room.tell({ key: 'test.pending:2' });
    room.relay.wake();
    await room.relay.idle();
    expect(await room.waiting(nam)).toHaveLength(2);
    for (const socket of held) socket.destroy();
    silent.close();
    await room.carried();
    expect(await states(room)).toEqual(['waiting', 'waiting']);
  });

  it('a mail that the server refuses for good is not tried again; one put off is', async () => {
    const room = await start();
    await room.person('Anh Nam', 'approver', '/p/c/', NAM);
    post.answer = 550;
    await told(room);
    await room.later(HOUR_MS, 10 * 60_000);
    expect(await states(room)).toEqual(['the mail server answered 550']);
    expect(post.attempts).toBe(1);
    post.answer = 451;
    await told(room, PLAIN_TITLE, { key: 'test.pending:2' });
    post.answer = 250;
    await room.later(60_000, 10_000);
    expect(post.mails).toHaveLength(1);
  });

  it('at least once: a crash after the server took it sends it again under the same Message-ID', async () => {
    const room = await start();
    await room.person('Anh Nam', 'approver', '/p/c/', NAM);
    await told(room);
    // What the tables say when the process died before it could note the answer.
    const stillRunning = "UPDATE jobs SET state = 'running', lease = 'died' WHERE kind = 'notices.email'";
    await database.write(async ({ manager }) => {
      await manager.update(NoticeDelivery, { state: 'sent' }, { state: 'waiting', endedAtMs: null });
      await manager.query(stillRunning);
    });
    await room.later(60_000);
    const ids = post.mails.map((mail) => headerOf(mail, 'Message-ID'));
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    // Noted as sent, a job that is begun again sends nothing.
    await database.write(({ manager }) => manager.query(stillRunning));
    await room.later(60_000);
    expect(post.mails).toHaveLength(2);
  });

  it('settled, disabled, without address or not wanted any more: what waited is dropped', async () => {
    post.answer = 451;
    const room = await start();
    const [disabled, silent, moved] = [
      await room.person('a', 'approver', '/p/c/', { email: 'a@xa.gov.vn' }),
      await room.person('b', 'approver', '/p/c/', { email: 'b@xa.gov.vn' }),
      await room.person('c', 'approver', '/p/c/', { email: 'c@xa.gov.vn' }),
    ];
    await told(room);
    await told(room, PLAIN_TITLE, { key: 'test.pending:2', to: { accountIds: [moved.accountId] } });
    await room.settle('test.pending:2');
    await room.changeAccount(disabled, { disabled: true });
    await room.get(InboxService).prefer(silent, { email: false, push: true });
    await room.changeAccount(moved, { email: null });
    post.answer = 250;
    await room.later(60_000, 10_000);
    expect(post.mails).toEqual([]);
    expect((await states(room)).sort()).toEqual(['no address', 'not wanted', 'settled', 'the account is disabled']);
  });

  it('a reminder says so; the mail that it overtakes is dropped', async () => {
    const room = await start();
    await room.person('Anh Nam', 'approver', '/p/c/', NAM);
    post.answer = 451;
    await told(room, PLAIN_TITLE, { remindAfterMs: HOUR_MS });
    await room.later(HOUR_MS - 1);
    post.answer = 250;
    await room.later(1);
    expect(post.mails.map((mail) => headerOf(mail, 'Subject')).map(decoded)).toEqual([`Nhắc lại: ${PLAIN_TITLE}`]);
    await room.later(24 * HOUR_MS, HOUR_MS);
    expect(post.mails).toHaveLength(3);
    expect(await states(room)).toEqual(['overtaken', 'sent', 'sent', 'sent']);
  });

  it('who wants English is written to in English; who wants no mail finds it in the inbox', async () => {
    const room = await start();
    const [ann, nam] = [
      await room.person('Ann', 'approver', '/p/c/', { email: 'ann@xa.gov.vn' }),
      await room.person('Nam', 'approver', '/p/c/', NAM),
    ];
    await room.get(InboxService).prefer(ann, { email: true, push: true, language: 'en' });
    await room.get(InboxService).prefer(nam, { email: false, push: true });
    await told(room);
    expect(post.mails.map((mail) => [mail.to[0], headerOf(mail, 'Subject')])).toEqual([
      ['ann@xa.gov.vn', `${PLAIN_TITLE} in English`],
    ]);
    expect(await room.waiting(nam)).toEqual([PLAIN_TITLE]);
  });

  it('a mail of a demonstration says so (invariant 13)', async () => {
    const room = await NoticeRoom.open(await open({ demo: true }), { mail: { smtpUrl, from } });
    rooms.push(room);
    await room.person('Anh Nam', 'approver', '/p/c/', NAM);
    await told(room);
    expect(post.mails.map((mail) => decoded(headerOf(mail, 'Subject')))).toEqual([`[DÙNG THỬ] ${PLAIN_TITLE}`]);
  });

  it('a password goes over TLS only, and no mail to a server for which nobody vouches', async () => {
    let authenticated = 0;
    const strangers = [
      { options: { hideSTARTTLS: true, allowInsecureAuth: true }, scheme: 'smtp' },
      { options: { secure: true }, scheme: 'smtps' },
    ].map(({ options, scheme }) => ({
      scheme,
      server: new SMTPServer({
        ...options,
        logger: false,
        onAuth: (_auth, _session, done) => {
          authenticated += 1;
          done(null, { user: 'vang' });
        },
      }),
    }));
    for (const { server, scheme } of strangers) {
      server.on('error', () => {}); // the broken handshake
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const room = await start(`${scheme}://vang:matkhau@localhost:${portOf(server.server)}`);
      await room.person(`Anh ${scheme}`, 'approver', `/${scheme}/`, { email: `${scheme}@xa.gov.vn` });
      await told(room, PLAIN_TITLE, { key: scheme, to: { action: 'library.approve', areaPath: `/${scheme}/` } });
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
    expect(authenticated).toBe(0);
    const room = rooms.at(-1);
    expect(room && (await states(room))).toEqual(['waiting', 'waiting']);
  });
});
