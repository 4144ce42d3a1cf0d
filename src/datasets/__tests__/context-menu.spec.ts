import schema from '../../../schema/datasets-commands.json';

describe('context menu of the file browser', () => {
  it('offers "Pull Data Here…" once, on a folder, on a file and beside them', () => {
    document.body.innerHTML =
      '<ul class="jp-DirListing-content"><li class="jp-DirListing-item" data-isdir="true"></li>' +
      '<li class="jp-DirListing-item" data-isdir="false"></li></ul>';
    const items = schema['jupyter.lab.menus'].context;
    for (const place of document.querySelectorAll('ul, li')) {
      // As Lumino does: every entry whose selector matches the target or what is around it.
      expect(items.filter(({ selector }) => place.closest(selector) !== null)).toHaveLength(1);
    }
  });
});
