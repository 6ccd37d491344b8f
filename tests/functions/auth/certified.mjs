// The certified OpenID provider `oidc-provider`, with one client: node certified.mjs FOLDER PORT REDIRECT_URI …
const [folder, port, ...redirects] = process.argv.slice(2);
const { Provider } = await import(`file://${folder}/node_modules/oidc-provider/lib/index.js`);

const claims = (sub) => ({ sub, email: `${sub}@acme.example`, email_verified: true, name: 'Ann', groups: ['Ops'] });
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: 'contextfs', client_secret: 's3cret + more', redirect_uris: redirects }],
  claims: { openid: ['sub', 'groups'], email: ['email', 'email_verified'], profile: ['name'] },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => claims(sub) }),
  features: { devInteractions: { enabled: true } },
  pkce: { required: () => true },
});
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'));
