import { ok, type Check } from '../port.ts';

/** The launcher refuses older ones; what it cannot know is whether this line still gets repairs. */
const OLDEST = [22, 19] as const;

/** The Node that runs the companion. */
export function node(): Check {
  return {
    id: 'machine.node',
    title: 'Node',
    run: () => {
      const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
      const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
      return Promise.resolve(
        isOld
          ? {
              state: 'failed',
              text: `Node ${process.version} is too old: ${OLDEST.join('.')} or newer is needed.`,
              cure: 'pip install "jupyterlab-panosc[node]"'
            }
          : ok(`Node ${process.version}, at ${process.execPath}.`)
      );
    }
  };
}
