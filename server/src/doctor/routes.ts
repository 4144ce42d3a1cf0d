import os from 'node:os';
import { Router } from 'express';
import type { CheckResult, Doctor } from '#contract';
import { isoTime } from '../core/clock.ts';
import type { Domain, Parts } from '../parts.ts';
import { version } from '../version.ts';
import { machineChecks } from './checks/index.ts';
import { writeReport } from './report.ts';
import { runChecks, worstOf } from './run-checks.ts';

/** The self-check: `GET /v1/doctor`. Asked for by a person or a monitoring system, never by itself. */
export function createDoctor(parts: Parts, domains: readonly Domain[]): Domain {
  let underWay: Promise<CheckResult[]> | null = null;

  const look = (): Promise<CheckResult[]> => {
    // The process owns the call: one that leaves must not end the answer of the others.
    underWay ??= runChecks(
      [...machineChecks(parts), ...domains.flatMap(domain => domain.checks?.() ?? [])],
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
    const head = {
      version,
      node: process.version,
      system: `${os.type()} ${os.release()} ${os.arch()}`,
      facility: parts.facility.current()?.id ?? 'none chosen',
      at
    };
    const doctor: Doctor = {
      state: worstOf(checks.map(({ state }) => state)),
      at,
      checks,
      report: writeReport(head, checks, { home, user: env['USER'] })
    };
    response.json(doctor);
  });
  return { router };
}
