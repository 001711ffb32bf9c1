// The form that publishes messages, to an exchange or straight to a queue.
import { html, nothing } from './vendor/lit.js';
import { post, encode } from './broker.js';
import { dialog, field } from './parts.js';
import * as format from './format.js';

/** "name: value" lines as a table; numbers, true and false are what they look like, anything in quotation marks is text. */
export function headersOf(text) {
  const table = {};
  for (const line of text.split('\n').filter(candidate => candidate.trim() !== '')) {
    const at = line.indexOf(':');
    if (at < 1) {
      throw new Error(`Headers: "${line.trim()}" is no line of the form name: value.`);
    }
    const value = line.slice(at + 1).trim();
    const isWhole = /^-?\d{1,15}$/.test(value);
    table[line.slice(0, at).trim()] = /^".*"$/.test(value) ? value.slice(1, -1) : isWhole ? Number(value) : value === 'true' ? true : value === 'false' ? false : value;
  }
  return table;
}

/**
 * Opens the form.
 * @param target {vhost, exchange, key}: an empty exchange is the default one, whose routing key is a queue's name
 * @returns whether anything was published
 */
export async function publish({ vhost, exchange, key }) {
  let told = null;
  let isBusy = false;
  let sent = 0;
  await dialog((close, redraw) => html`
    <h2 id="dialog-title">${exchange === '' ? html`Publish to the queue <bdi>${key}</bdi>` : html`Publish to the exchange <bdi>${exchange}</bdi>`}</h2>
    <form class="body" @submit=${async event => {
      event.preventDefault();
      const form = event.target.elements;
      isBusy = true;
      told = null;
      redraw();
      const start = performance.now();
      let unroutable = 0;
      let done = 0;
      try {
        const message = {
          routing_key: exchange === '' ? key : form.key.value,
          payload: form.body.value,
          payload_encoding: 'string',
          properties: {
            delivery_mode: form.durable.checked ? 2 : 1,
            headers: headersOf(form.headers.value),
            ...(form.type.value ? { content_type: form.type.value } : {}),
            ...(form.id.value ? { message_id: form.id.value } : {}),
            ...(form.expiration.value ? { expiration: form.expiration.value } : {}),
            ...(form.priority.value ? { priority: Number(form.priority.value) } : {}),
          },
        };
        for (const count = Number(form.count.value); done < count; done++) {
          const { routed } = await post(`api/exchanges/${encode(vhost, exchange || 'amq.default')}/publish`, message);
          unroutable += routed ? 0 : 1;
        }
        const took = format.milliseconds(performance.now() - start);
        told = unroutable === 0 ? { text: `${format.amount(done, 'message')} published and in a queue, in ${took}.` } : { isFault: true, text: `${unroutable} of ${format.amount(done, 'message')} went to no queue: no binding matches.` };
      } catch (fault) {
        told = { isFault: true, text: `${done > 0 ? `${format.amount(done, 'message')} published, then: ` : ''}${fault.message}` };
      }
      sent += done;
      isBusy = false;
      redraw();
    }}>
      <div class="form">
        ${exchange === '' ? nothing : field('Routing key', html`<input name="key" value=${key ?? ''} autocomplete="off" spellcheck="false">`)}
        ${field('How many', html`<input name="count" type="number" min="1" max="1000" value="1" required>`)}
        <div class="wide">${field('Body', html`<textarea name="body" rows="5" spellcheck="false"></textarea>`)}</div>
        <div class="wide">${field('Headers', html`<textarea name="headers" rows="2" spellcheck="false"></textarea>`, 'One a line, name: value. Numbers, true and false are what they look like; text that looks like one stands in "quotation marks".')}</div>
        ${field('Content type', html`<input name="type" autocomplete="off" spellcheck="false" placeholder="application/json">`)}
        ${field('Message id', html`<input name="id" autocomplete="off" spellcheck="false">`)}
        ${field('Expires after, in ms', html`<input name="expiration" inputmode="numeric" pattern="[0-9]*" autocomplete="off">`)}
        ${field('Priority', html`<input name="priority" type="number" min="0" max="255">`)}
        <label class="check wide"><input type="checkbox" name="durable" checked> Survives a restart of the broker</label>
      </div>
      <p class=${told?.isFault ? 'error-text' : ''} role="status">${told?.text ?? ''}</p>
      <div class="form-acts"><button class="main" ?disabled=${isBusy}>Publish</button><button type="button" @click=${() => close(null)}>Close</button></div>
    </form>`, { broad: true });
  return sent > 0;
}
