import type { Parts } from '../../parts.ts';
import type { Check } from '../port.ts';
import { apptainer } from './apptainer.ts';
import { clock } from './clock.ts';
import { cvmfsMounts } from './cvmfs-mounts.ts';
import { namespaces } from './namespaces.ts';
import { node } from './node.ts';
import { profile } from './profile.ts';
import { proxy } from './proxy.ts';
import { questions } from './questions.ts';
import { stateFolder } from './state-folder.ts';

/** One line a check of this machine; what a domain needs is checked in the domain's own `checks.ts`. */
export function machineChecks(parts: Parts): Check[] {
  return [
    node(),
    stateFolder(parts),
    profile(parts),
    ...questions(parts),
    proxy(parts),
    clock(parts),
    ...cvmfsMounts(parts),
    apptainer(parts),
    namespaces()
  ];
}
