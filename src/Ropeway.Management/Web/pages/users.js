// Who may what?
import { html, nothing } from '../vendor/lit.js';
import { get, put, remove, encode } from '../broker.js';
import { head, dialog, field, confirmAct, toast, table } from '../parts.js';
import { Source, virtualHosts } from '../list.js';
import * as format from '../format.js';

const TAGS = [['administrator', 'everything'], ['monitoring', 'sees all connections, virtual hosts and nodes'], ['policymaker', 'makes policies'], ['management', 'uses these pages for its own']];

export default class Users {
  title = 'Users';

  constructor(app, query) {
    Object.assign(this, { app, query, hosts: [] });
    this.users = new Source(app, async () => {
      const [users, permissions] = await Promise.all([get('api/users'), get('api/permissions')]);
      return users.map(user => ({ ...user, permissions: permissions.filter(permission => permission.user === user.name) }));
    });
  }

  async opened() {
    await Promise.all([this.users.open(), virtualHosts().then(names => (this.hosts = names)).catch(() => {})]);
    this.app.update();
  }

  render() {
    const users = this.users.value;
    const administrators = users?.filter(user => user.tags.includes('administrator')).length;
    return html`
      ${head({
        title: users ? `${format.sentence(format.words(users.length, 'user'))}, ${format.words(administrators, 'administrator')} among them.` : 'Users',
        acts: html`<button @click=${() => this.#edit()}>New user…</button>`,
      })}
      ${this.users.render(rows => html`<div class="card">${table([
        { title: 'User', kind: 'name', cell: row => html`<bdi>${format.visible(row.name)}</bdi>` },
        { title: 'Tags', wide: true, cell: row => row.tags.join(', ') || html`<span class="quiet">none: no management</span>` },
        { title: 'Permissions (configure, write, read)', kind: 'text', wide: true, cell: row => (row.permissions.length === 0
          ? html`<span class="tag warn">enters no virtual host</span>`
          : row.permissions.map(permission => html`<div><bdi>${permission.vhost}</bdi>: <code>${permission.configure || 'nothing'}</code>, <code>${permission.write || 'nothing'}</code>, <code>${permission.read || 'nothing'}</code></div>`)) },
        { title: 'Change', kind: 'acts', cell: row => html`
          <button @click=${() => this.#permit(row)}>Permissions…<span class="hidden-text"> ${row.name}</span></button>
          <button @click=${() => this.#edit(row)}>Edit…<span class="hidden-text"> ${row.name}</span></button>
          <button @click=${() => this.#delete(row)}>Delete…<span class="hidden-text"> ${row.name}</span></button>` },
      ], { caption: 'Users', rows })}</div>`)}`;
  }

  async #edit(user) {
    let fault = null;
    const name = await dialog((close, redraw) => html`
      <h2 id="dialog-title">${user ? html`User <bdi>${user.name}</bdi>` : 'New user'}</h2>
      <form class="body" autocomplete="off" @submit=${async event => {
        event.preventDefault();
        const form = event.target.elements;
        const tags = TAGS.map(([tag]) => tag).filter(tag => form[`tag-${tag}`].checked).join(',');
        const secret = form.password.value !== '' ? { password: form.password.value } : user ? { password_hash: user.password_hash, hashing_algorithm: user.hashing_algorithm } : { password_hash: '' };
        const wanted = user?.name ?? form.name.value;
        try {
          await put(`api/users/${encode(wanted)}`, { ...secret, tags });
          close(wanted);
        } catch (refused) {
          fault = refused;
          redraw();
        }
      }}>
        ${user ? nothing : field('Name', html`<input name="name" required autocomplete="off" spellcheck="false">`)}
        ${field(user ? 'New password' : 'Password', html`<input name="password" type="password" autocomplete="new-password">`, user ? 'Left empty, the password stays.' : 'Left empty, the user signs in by certificate only.')}
        <fieldset><legend class="second">Tags</legend>${TAGS.map(([tag, text]) => html`<label class="check"><input type="checkbox" name="tag-${tag}" ?checked=${user?.tags.includes(tag)}> ${tag} <span class="hint">${text}</span></label>`)}</fieldset>
        ${fault ? html`<p class="error-text" role="alert">${fault.message}</p>` : nothing}
        <div class="form-acts"><button class="main">Save</button><button type="button" @click=${() => close(null)}>Cancel</button></div>
      </form>`);
    if (name) {
      toast(`${name} is saved.`);
      await this.opened();
      if (!user) {
        this.#permit({ name, permissions: [] });
      }
    }
  }

  async #permit(user) {
    let fault = null;
    let host = user.permissions[0]?.vhost ?? this.hosts[0] ?? '/';
    const ofHost = () => user.permissions.find(permission => permission.vhost === host);
    const done = await dialog((close, redraw) => html`
      <h2 id="dialog-title">What <bdi>${user.name}</bdi> may do</h2>
      <form class="body" @submit=${async event => {
        event.preventDefault();
        const { configure, write, read } = event.target.elements;
        try {
          if (event.submitter?.value === 'clear') {
            await remove(`api/permissions/${encode(host, user.name)}`);
          } else {
            await put(`api/permissions/${encode(host, user.name)}`, { configure: configure.value, write: write.value, read: read.value });
          }
          close(true);
        } catch (refused) {
          fault = refused;
          redraw();
        }
      }}>
        ${field('Virtual host', html`<select name="vhost" @change=${event => {
          host = event.target.value;
          redraw();
        }}>${this.hosts.map(name => html`<option ?selected=${name === host}>${name}</option>`)}</select>`)}
        ${[['configure', 'Declare and delete'], ['write', 'Publish and bind'], ['read', 'Consume and browse']].map(([key, label]) => field(label, html`<input class="mono" name=${key} autocomplete="off" spellcheck="false" .value=${ofHost() ? ofHost()[key] : '.*'}>`))}
        <p class="hint">Regular expressions for the names of queues and exchanges: .* is all, nothing is none.</p>
        ${fault ? html`<p class="error-text" role="alert">${fault.message}</p>` : nothing}
        <div class="form-acts"><button class="main" value="set">Set permissions</button>
          ${ofHost() ? html`<button value="clear">Take all away in ${host}</button>` : nothing}
          <button type="button" @click=${() => close(null)}>Cancel</button></div>
      </form>`);
    if (done) {
      toast(`The permissions of ${user.name} hold.`);
      this.opened();
    }
  }

  async #delete(user) {
    const done = await confirmAct({
      title: html`Delete the user <bdi>${user.name}</bdi>?`,
      lines: [user.name === this.app.user ? 'This is you: you will be signed out.' : 'Its permissions go with it. Connections that are open stay until they are closed.'],
      name: user.name,
      button: 'Delete the user',
      act: () => remove(`api/users/${encode(user.name)}`),
    });
    if (done) {
      toast(`${user.name} is deleted.`);
      this.opened();
    }
  }
}
