import { Inject, Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { type NoticeSettings, SETTINGS_IN_USE } from '../settings.js';

/** Short, because the service waits for a mail under way when it stops. */
const TIMEOUTS = { dnsTimeout: 4_000, connectionTimeout: 4_000, greetingTimeout: 4_000, socketTimeout: 8_000 };

export interface Letter {
  readonly id: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
}

export type MailOutcome = { readonly kind: 'sent' } | { readonly kind: 'refused'; readonly reason: string };

/** One mail to one person: nobody sees who else was told. */
@Injectable()
export class MailSender {
  constructor(@Inject(SETTINGS_IN_USE) private readonly settings: NoticeSettings) {}

  get ready(): boolean {
    return this.settings.mail !== null;
  }

  /**
   * The server has it, or has refused this mail for good. The Message-ID is that of the delivery: when a crash comes
   * between the server's answer and our note of it, the mail is sent again under the same id.
   * @throws when it may be tried again
   */
  async send(letter: Letter): Promise<MailOutcome> {
    const { mail } = this.settings;
    if (!mail) return { kind: 'refused', reason: 'no mail server is set' };
    const transport = createTransport({
      url: mail.smtpUrl,
      ...TIMEOUTS,
      // With smtp:// a server, or whoever stands before it, may not offer TLS: a password then stays here.
      requireTLS: new URL(mail.smtpUrl).password !== '',
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      await transport.sendMail({
        from: mail.from,
        to: letter.to,
        subject: letter.subject,
        text: letter.text,
        messageId: `<${letter.id}@${mail.from.address.split('@')[1]}>`,
        // RFC 3834: no machine answers it.
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      return { kind: 'sent' };
    } catch (error) {
      const reason = finalRefusal(error);
      if (reason !== null) return { kind: 'refused', reason };
      throw error;
    } finally {
      transport.close();
    }
  }
}

/** A 5xx to the recipient or to the message is final (RFC 5321 §4.2.1); to the log-in it is for an administrator to mend. */
function finalRefusal(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error) || !('responseCode' in error)) return null;
  const { code, responseCode } = error;
  if (code !== 'EENVELOPE' && code !== 'EMESSAGE') return null;
  return typeof responseCode === 'number' && responseCode >= 500 ? `the mail server answered ${responseCode}` : null;
}
