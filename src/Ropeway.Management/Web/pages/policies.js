// Which rules hold for which queues?
import { html, nothing } from '../vendor/lit.js';
import { get, put, remove, encode } from '../broker.js';
import { head, dialog, field, confirmAct, toast, table } from '../parts.js';
import { Source, virtualHosts } from '../list.js';
import * as format from '../format.js';

/** "max-length: 5000" lines as settings; whole numbers, true and false are what they look like. */
export function settingsOf(text) {
  return Object.fromEntries(text.split('\n').filter(line => line.trim() !== '').map(line => {
    const at = line.indexOf(':');
    if (at < 1) {
      throw new Error(`"${line.trim()}" is no line of the form setting: value.`);
    }
    const value = line.slice(at + 1).trim();
    return [line.slice(0, at).trim(), /^-?\d{1,15}$/.test(value) ? Number(value) : value === 'true' ? true : value === 'false' ? false : value];
  }));
}

export default class Policies {
  title = 'Policies';

  constructor(app, query) {
    Object.assign(this, { app, query, hosts: [] });
    this.policies = new Source(app, () => get('api/policies'));
    this.operator = new Source(app, () => get('api/operator-policies'));
  }

  async opened() {
    await Promise.all([this.policies.open(), this.app.rights.administrator ? this.operator.open() : null, virtualHosts().then(names => (this.hosts = names)).catch(() => {})]);
    this.app.update();
  }

  render() {
    const count = this.policies.value?.length;
    return html`
      ${head({
        title: count == null ? 'Policies' : count === 0 ? 'No policy: every queue is as it was declared.' : `${format.sentence(format.words(count, 'policy', 'policies'))} ${count === 1 ? 'sets' : 'set'} rules for queues and exchanges.`,
        sub: 'Of several that match a name, the one with the highest priority holds alone.',
        acts: html`<button @click=${() => this.#edit('policies')}>New policy…</button>`,
      })}
      ${this.policies.render(rows => this.#table('policies', rows))}
      ${this.app.rights.administrator ? html`<section aria-labelledby="operator">
        <div class="section-head"><h2 id="operator">Operator policies</h2><button @click=${() => this.#edit('operator-policies')}>New operator policy…</button></div>
        <p class="second lead">Limits that users and their policies cannot raise.</p>
        ${this.operator.render(rows => this.#table('operator-policies', rows))}</section>` : nothing}`;
  }

  #table(kind, rows) {
    return html`<div class="card">${table([
      { title: 'Policy', kind: 'name', cell: row => html`<bdi>${format.visible(row.name)}</bdi>${this.hosts.length > 1 ? html`<span class="hint">${row.vhost}</span>` : nothing}` },
      { title: 'Names that match', kind: 'text', cell: row => html`<code>${format.visible(row.pattern)}</code>` },
      { title: 'For', cell: row => row['apply-to'].replace('_', ' ') },
      { title: 'Settings', kind: 'text', wide: true, cell: row => html`<code>${Object.entries(row.definition).map(([key, value]) => `${key}: ${value}`).join(', ')}</code>` },
      { title: 'Priority', kind: 'number', cell: row => row.priority },
      { title: 'Change', kind: 'acts', cell: row => html`<button @click=${() => this.#edit(kind, row)}>Edit…<span class="hidden-text"> ${row.name}</span></button> <button @click=${() => this.#delete(kind, row)}>Delete…<span class="hidden-text"> ${row.name}</span></button>` },
    ], { caption: kind === 'policies' ? 'Policies' : 'Operator policies', rows, empty: html`<p>None.</p>` })}</div>`;
  }

  async #edit(kind, policy) {
    let fault = null;
    let matched = null;
    let asked = 0;
    const host = () => document.querySelector('dialog select[name=vhost]')?.value ?? policy?.vhost ?? this.hosts[0] ?? '/';
    const done = await dialog((close, redraw) => {
      const preview = async pattern => {
        const round = ++asked;
        try {
          const answer = await get(`api/queues/${encode(host())}`, { page: 1, page_size: 5, use_regex: 'true', name: pattern, disable_stats: 'true' });
          if (round === asked) {
            matched = `${format.amount(answer.filtered_count, 'queue')} of ${format.count(answer.total_count)} ${answer.filtered_count === 1 ? 'matches' : 'match'} at most${answer.items.length > 0 ? `: ${answer.items.map(item => item.name).join(', ')}${answer.filtered_count > 5 ? ', …' : ''}` : ''}. The policy looks at case as well.`;
          }
        } catch (refused) {
          matched = round === asked ? refused.message : matched;
        }
        redraw();
      };
      return html`
        <h2 id="dialog-title">${policy ? html`Policy <bdi>${policy.name}</bdi>` : kind === 'policies' ? 'New policy' : 'New operator policy'}</h2>
        <form class="body" @submit=${async event => {
          event.preventDefault();
          const form = event.target.elements;
          try {
            await put(`api/${kind}/${encode(host(), policy?.name ?? form.name.value)}`, {
              pattern: form.pattern.value,
              definition: settingsOf(form.settings.value),
              priority: Number(form.priority.value),
              'apply-to': form.kind.value,
            });
            close(true);
          } catch (refused) {
            fault = refused;
            redraw();
          }
        }}>
          <div class="form">
            ${policy ? nothing : field('Name', html`<input name="name" required autocomplete="off" spellcheck="false">`)}
            ${policy || this.hosts.length < 2 ? nothing : field('Virtual host', html`<select name="vhost">${this.hosts.map(name => html`<option>${name}</option>`)}</select>`)}
            ${field('Names that match', html`<input name="pattern" required autocomplete="off" spellcheck="false" value=${policy?.pattern ?? ''} @input=${event => preview(event.target.value)}>`)}
            ${field('For', html`<select name="kind">${['all', 'queues', 'classic_queues', 'quorum_queues', 'streams', 'exchanges'].map(value => html`<option value=${value} ?selected=${value === (policy?.['apply-to'] ?? 'queues')}>${value.replace('_', ' ')}</option>`)}</select>`)}
            ${field('Priority', html`<input name="priority" type="number" step="1" required value=${policy?.priority ?? 0}>`)}
            <p class="wide hint" role="status">${matched ?? 'The pattern is a regular expression, found anywhere in the name; ^ and $ anchor it.'}</p>
            <div class="wide">${field('Settings', html`<textarea name="settings" rows="5" required spellcheck="false" .value=${Object.entries(policy?.definition ?? {}).map(([key, value]) => `${key}: ${value}`).join('\n')}></textarea>`, 'One a line, setting: value. For example max-length: 50000, message-ttl: 60000 (ms), dead-letter-exchange: dead.')}</div>
          </div>
          ${fault ? html`<p class="error-text" role="alert">${fault.message}</p>` : nothing}
          <div class="form-acts"><button class="main">Save the policy</button><button type="button" @click=${() => close(null)}>Cancel</button></div>
        </form>`;
    }, { broad: true });
    if (done) {
      toast('The policy holds.');
      this.opened();
    }
  }

  async #delete(kind, policy) {
    const done = await confirmAct({
      title: html`Delete the policy <bdi>${policy.name}</bdi>?`,
      lines: ['What matched it is from then on as declared, or as the next policy that matches says.'],
      name: policy.name,
      button: 'Delete the policy',
      act: () => remove(`api/${kind}/${encode(policy.vhost, policy.name)}`),
    });
    if (done) {
      toast(`${policy.name} is deleted.`);
      this.opened();
    }
  }
}
