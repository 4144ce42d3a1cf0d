import type { Readiness } from '../../http/ready.ts';
import type { Parts } from '../../parts.ts';
import type { Check } from '../port.ts';
import { absent } from './absent.ts';
import { apptainer } from './apptainer.ts';
import { authorities } from './authorities.ts';
import { clock } from './clock.ts';
import { companion } from './companion.ts';
import { cvmfsMounts } from './cvmfs-mounts.ts';
import { jupyterServers } from './jupyter-servers.ts';
import { namespaces } from './namespaces.ts';
import { node } from './node.ts';
import { profile } from './profile.ts';
import { proxy } from './proxy.ts';
import { questions } from './questions.ts';
import { stateFolder } from './state-folder.ts';

/** One line a check of this machine; what a domain needs is checked in the domain's own `checks.ts`. */
export function machineChecks(parts: Parts, readiness: Readiness): Check[] {
  return [
    node(),
    companion(readiness),
    jupyterServers(parts),
    stateFolder(parts),
    profile(parts),
    ...questions(parts),
    proxy(parts),
    authorities(parts),
    clock(parts),
    ...cvmfsMounts(parts),
    apptainer(parts),
    namespaces(parts),
    ...absent(parts)
  ];
}
