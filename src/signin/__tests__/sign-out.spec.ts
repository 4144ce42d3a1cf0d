import { nullTranslator } from '@jupyterlab/translation';
import { FakeCompanion } from '../../testing/fake-companion.ts';
import { signOut } from '../sign-out.ts';
import type { ISignin } from '../tokens.ts';

interface IQuestion {
  readonly body: string;
}

const dialog = jest.fn<Promise<{ button: { accept: boolean } }>, [IQuestion]>();
jest.mock('@jupyterlab/apputils', () => ({
  ...jest.requireActual<object>('@jupyterlab/apputils'),
  showDialog: (question: IQuestion) => dialog(question)
}));

const trans = nullTranslator.load('jupyterlab_panosc');

function setUp(transfers: number) {
  const companion = new FakeCompanion();
  companion.answers['GET health'] = () => ({ unfinished: { transfers, jobs: 0 } });
  const out = jest.fn().mockResolvedValue(undefined);
  const run = (): Promise<void> =>
    signOut({ signOut: out } as unknown as ISignin, companion, trans);
  return { companion, out, run };
}

beforeEach(() => dialog.mockReset());

describe('signing out', () => {
  it('says first that pulls stop and wait, and may be given up', async () => {
    const { out, run } = setUp(2);
    dialog.mockResolvedValueOnce({ button: { accept: false } });
    await run();
    expect(dialog.mock.calls[0]?.[0].body).toMatch(/2 pulls .* stop and wait until you sign in/);
    expect(out).not.toHaveBeenCalled();
    dialog.mockResolvedValueOnce({ button: { accept: true } });
    await run();
    expect(out).toHaveBeenCalledTimes(1);
  });

  it('asks nothing where nothing is pulled, or where nobody can tell', async () => {
    const { companion, out, run } = setUp(0);
    await run();
    delete companion.answers['GET health'];
    await run();
    expect(dialog).not.toHaveBeenCalled();
    expect(out).toHaveBeenCalledTimes(2);
  });
});
