// @ts-check
import { Aedes } from 'aedes';
import { Audiences } from './audiences.mjs';
import { Directory } from './directory.mjs';
import { Listeners } from './listeners.mjs';
import { lookRetainedUp } from './retained.mjs';
import { Roster } from './roster.mjs';
import { Session } from './session.mjs';

/** @import { AuthenticateError, PublishPacket } from 'aedes' */
/** @import { Certificate } from '../../tls/index.js' */
/** @import { Line } from './listeners.mjs' */
/** @import { BrokerReport, BrokerStats, Principal, ViolationKind, WorkerSettings } from '../messages.js' */

const SWEEP_MS = 1_000;

/**
 * The broker itself. It runs on the worker's thread; all it has to say goes through `report`.
 * @param {WorkerSettings} settings
 * @param {(report: BrokerReport) => void} report
 */
export async function startBroker(settings, report) {
  const { limits, service } = settings;
  const directory = new Directory();
  for (const principal of [service, ...settings.principals]) directory.put(principal);
  /** @type {Set<Session>} */
  const open = new Set();
  const roster = new Roster();
  const audiences = new Audiences();
  /**
   * Also after the connection is gone: that is when aedes asks about the last will.
   * @type {WeakMap<object, Session>}
   */
  const sessions = new WeakMap();
  const counts = { droppedForwards: 0, overruns: 0, violations: 0, refusedLogins: 0 };

  const aedes = await Aedes.createBroker({
    // No common queue in which one client's messages could wait for another's.
    concurrency: 0,
    drainTimeout: 0,
    connectTimeout: limits.connectTimeoutMs,
    keepaliveLimit: limits.maxKeepaliveSeconds,
    // Half-finished QoS 2 handshakes are kept whole in memory.
    maxInflightInbound: 16,
    preConnect(client, packet, done) {
      const session = sessions.get(client);
      if (!session) return done(null, false);
      session.will = packet.will;
      // No session outlives its connection: what an absent client has missed would pile up in memory, and it asks again anyway.
      packet.clean = true;
      done(null, true);
    },
    authenticate(client, username, password, done) {
      const session = sessions.get(client);
      const principal = directory.admit(username, password);
      if (!session || !principal) {
        if (username !== undefined && directory.get(username))
          wrongPasswords.set(username, (wrongPasswords.get(username) ?? 0) + 1);
        return refuse(done);
      }
      if (!mayBe(principal, client.id)) {
        violation(principal.username, 'clientId', client.id);
        return refuse(done);
      }
      session.username = principal.username;
      session.clientId = client.id;
      if (session.will && directory.missingToPublish(principal.username, session.will)) {
        violation(session.username, 'will', session.will.topic);
        return refuse(done);
      }
      if (principal === service) session.lengthenLeash();
      // aedes closes the one before as soon as this one is let in, and nobody sees it come or go.
      if (roster.withClientId(client.id)?.socket.destroyed === false) presence('takenOver', principal.username);
      done(null, true);
    },
    authorizePublish(client, packet, done) {
      const session = client && sessions.get(client);
      // The only messages without a client are aedes' own.
      if (!client) return done();
      const missing = directory.missingToPublish(session?.username ?? '', packet);
      if (!missing) return done();
      // A last will was checked at login; that its sender lost the right since then is no offence.
      if (session && !client.closed) violation(session.username, missing, packet.topic);
      // The error ends the connection.
      done(new Error('not authorised'));
    },
    authorizeSubscribe(client, subscription, done) {
      const session = sessions.get(client);
      const { topic } = subscription;
      if (!session || session.socket.destroyed) return done(null, null);
      if (!directory.maySubscribe(session.username, topic)) {
        violation(session.username, 'subscribe', topic);
        session.refuse();
        return done(null, null);
      }
      if (!session.filters.has(topic) && !session.hasRoom && session.username !== service.username) {
        violation(session.username, 'filters', topic);
        session.refuse();
        return done(null, null);
      }
      session.filters.add(topic);
      audiences.enter(topic, session);
      done(null, subscription);
    },
    authorizeForward(client, packet) {
      if (sessions.get(client)?.forward(packet) === 'forward') return packet;
      counts.droppedForwards++;
      return null;
    },
  });
  numberInOrderOfDelivery(aedes);
  lookRetainedUp(aedes);

  /** @type {import('node:events').EventEmitter} */ (aedes).on('error', (/** @type {Error} */ { message }) =>
    report({ kind: 'trouble', message }),
  );
  aedes.on('unsubscribe', (topics, client) => {
    const session = sessions.get(client);
    if (session) for (const topic of topics) audiences.leave(topic, session);
    for (const topic of topics) session?.filters.delete(topic);
  });
  aedes.on('client', (client) => {
    const session = sessions.get(client);
    if (!session) return;
    // aedes forgets a client whose predecessor of the same id closes late; two sessions of one id would live on.
    roster.withClientId(session.clientId)?.socket.destroy();
    if (roster.enter(session)) presence('connected', session.username);
  });

  const listeners = new Listeners(limits, accept);
  const at = [];
  try {
    for (const listener of settings.listeners) at.push(await listeners.open(listener, settings.certificate));
  } catch (error) {
    await listeners.close();
    throw error;
  }

  /** @param {Line} line */
  function accept(line) {
    const client = aedes.handle(line);
    const session = new Session(client, line, limits, {
      overrun: ({ username }, reason) => {
        counts.overruns++;
        report({ kind: 'overrun', overrun: { username, reason, unsentBytes: line.writableLength } });
      },
      // Who is not logged in has no name to report.
      offence: ({ username }, kind) => void (username && violation(username, kind, '')),
    });
    sessions.set(client, session);
    open.add(session);
    line.on('close', () => {
      open.delete(session);
      for (const filter of session.filters) audiences.leave(filter, session);
      if (session.username !== service.username) bytesOfTheGone += line.bytesWritten;
      if (roster.leave(session)) presence('disconnected', session.username);
    });
    // Each listener counts its own connections; together they may not have more either.
    if (open.size > limits.maxConnections) line.destroy();
    return { loggedIn: () => session.username !== '', oversized: () => session.tell.offence(session, 'size') };
  }

  let bytesOfTheGone = 0;
  let bytesTold = 0;
  /** The service's own are no load on anybody's line. */
  const bytesToClients = () => {
    let bytes = bytesOfTheGone;
    for (const { socket, username } of open) if (username !== service.username) bytes += socket.bytesWritten;
    return bytes;
  };

  let refusedLoginsTold = 0;
  /**
   * By the name of a principal, so there are never more of them than of those.
   * @type {Map<string, number>}
   */
  const wrongPasswords = new Map();
  const sweeper = setInterval(() => {
    for (const session of open) session.sweep();
    if (counts.refusedLogins > refusedLoginsTold)
      report({
        kind: 'refused',
        logins: counts.refusedLogins - refusedLoginsTold,
        wrong: [...wrongPasswords].map(([username, logins]) => ({ username, logins })),
      });
    wrongPasswords.clear();
    refusedLoginsTold = counts.refusedLogins;
    const bytes = bytesToClients();
    if (bytes > bytesTold) report({ kind: 'sent', bytes: bytes - bytesTold });
    bytesTold = bytes;
  }, SWEEP_MS);

  /**
   * @param {'connected' | 'disconnected' | 'takenOver'} kind
   * @param {string} username
   */
  function presence(kind, username) {
    // The service need not be told about itself.
    if (username !== service.username) report({ kind, username });
  }

  /**
   * @param {string} username
   * @param {ViolationKind} kind
   * @param {string} topic
   */
  function violation(username, kind, topic) {
    counts.violations++;
    report({ kind: 'violation', violation: { username, kind, topic: topic.slice(0, 200) } });
  }

  /** @param {(error: AuthenticateError, success: boolean) => void} done */
  function refuse(done) {
    counts.refusedLogins++;
    done(Object.assign(new Error('not authorised'), { returnCode: /** @type {const} */ (5) }), false);
  }

  /**
   * A client id that is somebody else's would throw that one out. `NAME.tool` is a second session of the same principal, for
   * the person who works at a device while that is connected; no other name can be it, since names have no full stop.
   * @param {Principal} principal
   * @param {string} clientId
   */
  function mayBe({ username, anyClientId }, clientId) {
    if (clientId === username || clientId === `${username}.tool`) return true;
    if (!anyClientId || directory.get(clientId)) return false;
    return (roster.withClientId(clientId)?.username ?? username) === username;
  }

  /** @param {(session: Session) => boolean} unwelcome */
  function close(unwelcome) {
    for (const session of open) {
      if (session.username && unwelcome(session)) session.socket.destroy();
    }
  }

  /**
   * Does this session stand on something that its principal no longer has?
   * @param {Session} session
   * @param {Principal | undefined} before
   */
  const outdated = (session, before) =>
    directory.get(session.username)?.passwordSha256 !== before?.passwordSha256 ||
    [...session.filters].some((filter) => !directory.maySubscribe(session.username, filter));

  return {
    at,

    /** @param {Certificate} certificate */
    renew: (certificate) => listeners.renew(certificate),

    /** @param {readonly Principal[]} principals */
    set(principals) {
      const before = new Map(directory.usernames().map((username) => [username, directory.get(username)]));
      for (const username of before.keys()) directory.remove(username);
      for (const principal of [service, ...principals]) directory.put(principal);
      close((session) => outdated(session, before.get(session.username)));
    },

    /** @param {Principal} principal */
    put(principal) {
      const before = directory.get(principal.username);
      directory.put(principal);
      close((session) => session.username === principal.username && outdated(session, before));
    },

    /** @param {string} username */
    remove(username) {
      directory.remove(username);
      close((session) => session.username === username);
    },

    /** @returns {BrokerStats} */
    stats() {
      let unsentBytes = 0;
      for (const session of open) unsentBytes += session.socket.writableLength;
      return { connections: open.size, sessions: roster.size, unsentBytes, ...counts };
    },

    /** @param {string} filter */
    audience: (filter) => audiences.of(filter),

    async stop() {
      clearInterval(sweeper);
      for (const session of open) session.socket.destroy();
      await new Promise((resolve) => aedes.close(() => resolve(undefined)));
      await listeners.close();
    },
  };
}

/**
 * aedes numbers packets when they are published and drops, per receiver, every number below the last one it saw. But packets with
 * QoS > 0 or the retain flag first wait for the store, so a QoS 0 packet right behind overtakes them, and they are lost as
 * "duplicates" (moscajs/aedes#994). Numbers given at delivery are in order, and still spot a packet that matches two filters.
 * @param {Aedes} aedes
 */
function numberInOrderOfDelivery(aedes) {
  const { mq } =
    /** @type {Aedes & { mq: { emit: (packet: PublishPacket & { brokerCounter: number }, done: () => void) => unknown } }} */ (
      aedes
    );
  const emit = mq.emit.bind(mq);
  let last = 0;
  mq.emit = (packet, done) => {
    packet.brokerCounter = ++last;
    return emit(packet, done);
  };
}
