import { nullTranslator } from '@jupyterlab/translation';
import { FakeCommands } from '../../testing/fake-commands.ts';
import { FakeCompanion } from '../../testing/fake-companion.ts';
import { fakeFacility, fakeFacilityResource } from '../../testing/fake-facility.ts';
import { createTransferViews } from '../views.tsx';

export const trans = nullTranslator.load('jupyterlab_panosc');

/** The views over a companion that answers as a test says. */
export function setUp() {
  const companion = new FakeCompanion();
  companion.answers['GET facility'] = () => fakeFacility();
  companion.answers['GET transfers'] = () => ({ items: [], cursor: null });
  const { registry: commands, executed } = new FakeCommands();
  const facility = fakeFacilityResource(companion);
  const views = createTransferViews({ companion, facility, commands, fileBrowser: null, trans });
  return { companion, commands, executed, facility, views };
}
