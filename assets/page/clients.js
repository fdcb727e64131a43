// What to do in each client, with lines to copy. `pattern` makes the address of a family for an id or a place for one.

/**
 * @typedef {{root: string, host: string, key: string, pattern: (family: string, id: string) => string}} Own
 * @typedef {{name: string, recipe: string, lines: (own: Own) => [string, string][], note?: string}} Client
 */

/** A series that everybody knows. */
const SAMPLE = 'tt0903747';

/** @type {Client[]} */
export const CLIENTS = [
  {
    name: 'Stremio: AIOMetadata, Nuvio and others with patterns',
    recipe: 'Paste these where the client asks for a pattern of artwork.',
    lines: ({ pattern }) => [['poster', pattern('poster', '{imdb_id}')], ['background', pattern('backdrop', '{imdb_id}')],
      ['logo', pattern('logo', '{imdb_id}')], ['episode', pattern('episode', '{imdb_id}:{season}:{episode}')]],
  },
  {
    name: 'Stremio: the same, for ids other than IMDb’s',
    recipe: 'Some clients send other ids only where they see RPDB’s address in the pattern.',
    lines: ({ pattern }) => {
      const poster = pattern('poster', '{imdb_id}');
      return [['poster', `${poster}${poster.includes('?') ? '&' : '?'}compat=ratingposterdb.com`]];
    },
  },
  {
    name: 'Stremio: AIOStreams and others with a field for an RPDB key',
    recipe: 'Enter the key where the key of RPDB is asked for, and this server where its address can be set. The look is the key’s own: give the key a profile.',
    lines: ({ key, host }) => [['key', key], ['address', host]],
  },
  {
    name: 'Jellyfin, Emby, Plex, Kodi: plug-ins for RPDB or OpenPosterDB',
    recipe: 'Set the plug-in’s server and its key.',
    lines: ({ key, host }) => [['server', host], ['key', key]],
  },
  {
    name: 'Kometa',
    recipe: 'In a metadata file, below a title:',
    lines: ({ pattern }) => [['poster', `url_poster: ${pattern('poster', SAMPLE)}`], ['background', `url_background: ${pattern('backdrop', SAMPLE)}`]],
  },
  {
    name: 'Anything else that knows RPDB',
    recipe: 'Change the host, keep the rest of the address: https://api.ratingposterdb.com/{key}/… becomes',
    lines: ({ root }) => [['root', `${root}/…`]],
  },
];
