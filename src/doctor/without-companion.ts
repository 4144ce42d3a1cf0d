import { PageConfig } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CheckResult, Doctor } from '../contract/doctor.ts';
import type { Problem } from '../contract/problem.ts';

/** What has to work before the companion can look at anything, from the browser inwards. */
const chain = ['jupyter', 'extension', 'node', 'state-folder', 'companion'] as const;
type Link = (typeof chain)[number];

/** The link that is broken: everything before it has just proved that it works, or was not reached. */
function brokenLink({ status, type }: Problem): Link {
  switch (type.split('/').at(-1)) {
    case 'jupyter':
      return status === 404 ? 'extension' : 'jupyter';
    case 'no-node':
      return 'node';
    case 'state-folder':
      return 'state-folder';
    default:
      return 'companion';
  }
}

function titleOf(link: Link, trans: TranslationBundle): string {
  switch (link) {
    case 'jupyter':
      return trans.__('Jupyter server');
    case 'extension':
      return trans.__('Server part of the extension');
    case 'node':
      return trans.__('Node');
    case 'state-folder':
      return trans.__('State folder');
    case 'companion':
      return trans.__('Companion');
  }
}

/** Cause and cure. What is about Jupyter itself has the cause as its title, and says in its detail what to do. */
function causeAndCure(
  link: Link,
  { detail, title, type }: Problem,
  trans: TranslationBundle
): { readonly text: string; readonly cure: string } {
  switch (link) {
    case 'jupyter':
    case 'extension':
      return { text: `${title}.`, cure: detail };
    case 'node':
      return {
        text: detail,
        cure: trans.__('Look again when it is installed: nothing has to be restarted.')
      };
    case 'state-folder':
      return {
        text: detail,
        cure: trans.__('Make that folder yours and writable, or set PANOSC_STATE, then look again.')
      };
    case 'companion':
      return {
        text: detail,
        cure: type.endsWith('/companion-elsewhere')
          ? trans.__('Close JupyterLab on the other machine, then look again.')
          : trans.__(
              'Look again in a minute. If nothing changes, send this report and the end of companion.log in the state folder to whoever helps you.'
            )
      };
  }
}

/** What only the companion can look at. */
function behind(trans: TranslationBundle): [string, string][] {
  return [
    ['facility.profile', trans.__('Facility profile')],
    ['signin', trans.__('Sign-in service')],
    ['datasets', trans.__('Catalogue')],
    ['transfers', trans.__('Stores')],
    ['jobs', trans.__('Cluster and accounts')],
    ['images', trans.__('CVMFS repositories')],
    ['machine.apptainer', trans.__('Apptainer')],
    ['machine.user-namespaces', trans.__('User namespaces')],
    ['machine.clock', trans.__('Clock')],
    ['machine.proxy', trans.__('Proxy')]
  ];
}

/** Names and homes of people as they stand in paths and addresses. */
function withoutPeople(text: string): string {
  const user = PageConfig.getOption('hubUser');
  const short = text.replaceAll(/\/(?:home|Users)\/[^/\s]+/g, '~');
  return user.length < 3 ? short : short.replaceAll(user, '$USER');
}

/**
 * The self-check when the companion cannot be asked: which link is broken and what to do about it. What lies
 * behind it is said to be unchecked, so that nothing looks well that nobody has looked at.
 */
export function doctorWithout(problem: Problem, at: string, trans: TranslationBundle): Doctor {
  const broken = brokenLink(problem);
  const notChecked = trans.__('Not checked: this must work first: %1.', titleOf(broken, trans));
  const line = (id: string, title: string): CheckResult => ({
    id,
    title,
    state: 'unknown',
    text: notChecked,
    cure: null,
    ms: 0
  });
  const place = chain.indexOf(broken);
  const links = chain.map((link, index): CheckResult => {
    const known = line(index < 2 ? `jupyter.${link}` : `machine.${link}`, titleOf(link, trans));
    if (link === broken) {
      return { ...known, state: 'failed', ...causeAndCure(link, problem, trans) };
    }
    // That a problem of ours arrived proves the first two; of the others only the companion could tell.
    return index < Math.min(place, 2)
      ? { ...known, state: 'ok', text: trans.__('It answers.') }
      : known;
  });
  const checks = [...links, ...behind(trans).map(([id, title]) => line(id, title))];
  const facts = [problem.type, problem.status, problem.instance].filter(fact => fact !== undefined);
  const report = [
    `jupyterlab-panosc, as the browser sees it · JupyterLab ${PageConfig.getOption('appVersion')}`,
    `${facts.join(' · ')} · ${at}`,
    '',
    ...checks.flatMap(({ cure, id, state, text }) => [
      `${state === 'failed' ? 'FAILED ' : state.padEnd(7)}  ${id}: ${text}`,
      ...(cure === null ? [] : [`         → ${cure}`])
    ]),
    ''
  ].join('\n');
  return { state: 'failed', at, checks, report: withoutPeople(report) };
}
