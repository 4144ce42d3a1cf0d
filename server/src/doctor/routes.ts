import os from 'node:os';
import { Router } from 'express';
import type { CheckResult, Doctor } from '#contract';
import { isoTime } from '../core/clock.ts';
import { personName } from '../core/person.ts';
import { problem } from '../core/problem.ts';
import { EXPOSITION_TYPE } from '../http/exposition.ts';
import { ready, type Readiness } from '../http/ready.ts';
import type { Domain, Parts } from '../parts.ts';
import { version } from '../version.ts';
import { machineChecks } from './checks/index.ts';
import { writeReport } from './report.ts';
import { runChecks, worstOf } from './run-checks.ts';

/**
 * How the companion is: `GET /v1/doctor` for a person, `GET /v1/ready` and `GET /v1/metrics` for monitoring systems.
 * Each is looked at when it is asked for, never by itself.
 */
export function createDoctor(parts: Parts, domains: readonly Domain[]): Domain {
  let underWay: Promise<CheckResult[]> | null = null;
  const readiness: Readiness = {
    parts,
    reconcilers: domains.flatMap(({ reconciler }) => (reconciler === undefined ? [] : [reconciler]))
  };

  const look = (): Promise<CheckResult[]> => {
    // The process owns the call: one that leaves must not end the answer of the others.
    underWay ??= runChecks(
      [...machineChecks(parts, readiness), ...domains.flatMap(domain => domain.checks?.() ?? [])],
      parts.call(),
      key => parts.facility.placeOf(key)
    ).finally(() => {
      underWay = null;
    });
    return underWay;
  };

  const router = Router();
  router.get('/doctor', async (_request, response) => {
    const checks = await look();
    const at = isoTime(parts.clock.now());
    const { env, home } = parts.surroundings;
    const facility = parts.facility.current();
    const head = {
      version,
      node: process.version,
      system: `${os.type()} ${os.release()} ${os.arch()}`,
      facility: facility?.id ?? 'none that can be used',
      at
    };
    const doctor: Doctor = {
      // Without a profile nobody knows how the facility is, however well the rest looks.
      state: facility === null ? 'unknown' : worstOf(checks.map(({ state }) => state)),
      at,
      checks,
      report: writeReport(head, checks, {
        home,
        names: [env['USER'], env['LOGNAME'], personName()]
      })
    };
    response.json(doctor);
  });
  router.get('/ready', ready(readiness));

  const counting = parts.config.metrics
    ? import('../http/metrics.ts').then(({ Metrics }) => new Metrics(parts))
    : null;
  router.get('/metrics', async (_request, response) => {
    if (counting === null) {
      throw problem(
        'not-found',
        'Metrics are switched off. An administrator switches them on with c.Panosc.options = {"metrics": True}.'
      );
    }
    response.setHeader('content-type', EXPOSITION_TYPE).end((await counting).text());
  });
  return { router, stop: async () => (await counting)?.stop() };
}
