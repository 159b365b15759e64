// Shows one viewer's side of the local Slack. Foreign text only ever becomes text nodes, never markup.

const $ = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);

const state = {
  viewer: asked.get("viewer") || "ada",
  channel: asked.get("channel") || "marketing",
  tab: asked.get("tab") || "messages",
  world: null,
  messages: new Map(),
  values: new Map(),
  unread: new Set(),
  openThreads: new Set(),
  typed: [],
  typedAt: 0,
  atBottom: true,
};

// ---------------------------------------------------------------- making elements

function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "class") node.className = value;
    else if (key in node && typeof value !== "string") node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false && child !== ""));
  return node;
}

const safeLink = (url) => (/^(https?:|mailto:|tel:)/i.test(url) ? url : undefined);

function link(url, ...content) {
  return el("a", { href: safeLink(url), target: "_blank", rel: "noopener noreferrer" }, ...content);
}

// ---------------------------------------------------------------- Slack's mrkdwn

const EMOJI = {
  smile: "😄", tada: "🎉", rocket: "🚀", warning: "⚠️", white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌",
  chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bar_chart: "📊", bulb: "💡", eyes: "👀",
  eye: "👁️", lock: "🔒", bell: "🔔", no_bell: "🔕", rotating_light: "🚨", hourglass: "⌛", money_with_wings: "💸",
  moneybag: "💰", thumbsup: "👍", "+1": "👍", thumbsdown: "👎", "-1": "👎", wave: "👋", fire: "🔥", star: "⭐",
  sparkles: "✨", mag: "🔍", calendar: "📅", clock1: "🕐", email: "📧", speech_balloon: "💬", memo: "📝", link: "🔗",
  heart: "❤️", large_green_circle: "🟢", red_circle: "🔴", large_yellow_circle: "🟡", large_orange_circle: "🟠",
  arrow_up: "⬆️", arrow_down: "⬇️", arrow_right: "➡️", information_source: "ℹ️", question: "❓", gear: "⚙️", pushpin: "📌",
  point_right: "👉", mailbox: "📫", package: "📦", shopping_trolley: "🛒", trophy: "🏆", seedling: "🌱", mega: "📣",
};

const decoded = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] || whole);

const MARKS = [
  [/`([^`\n]+)`/, (found) => el("code", {}, decoded(found[1]))],
  [/<([^<>\n]+)>/, (found) => angled(found[1])],
  [/(?<![\p{L}\p{N}])\*(?=\S)([^*\n]*[^*\s])\*(?![\p{L}\p{N}])/u, (found) => el("b", {}, inline(found[1]))],
  [/(?<![\p{L}\p{N}])_(?=\S)([^_\n]*[^_\s])_(?![\p{L}\p{N}])/u, (found) => el("i", {}, inline(found[1]))],
  [/(?<![\p{L}\p{N}])~(?=\S)([^~\n]*[^~\s])~(?![\p{L}\p{N}])/u, (found) => el("s", {}, inline(found[1]))],
];

function inline(text) {
  let first = null;
  for (const [pattern, made] of MARKS) {
    const found = pattern.exec(text);
    if (found && (!first || found.index < first.found.index)) first = { found, made };
  }
  if (!first) return [withEmoji(decoded(text))];
  const { found, made } = first;
  const before = text.slice(0, found.index);
  return [...(before ? [withEmoji(decoded(before))] : []), made(found), ...inline(text.slice(found.index + found[0].length))];
}

function angled(inside) {
  const [target, label] = inside.split("|", 2);
  if (target.startsWith("@")) return mention("@" + nameOfPerson(target.slice(1), label));
  if (target.startsWith("#")) return mention("#" + nameOfChannel(target.slice(1), label));
  if (target.startsWith("!date^")) return dateOf(target, label);
  if (target.startsWith("!")) return mention("@" + (label || target.slice(1).split("^")[0]).replace(/^@/, ""));
  if (!safeLink(target)) return `<${decoded(inside)}>`;
  return link(decoded(target), decoded(label || target).replace(/^mailto:/, ""));
}

const mention = (text) => el("span", { class: "mention" }, decoded(text));
const nameOfPerson = (id, label) => state.world.people.find((one) => one.id === id)?.name || label || id;
const nameOfChannel = (id, label) => state.world.channels.find((one) => one.id === id)?.name || label || id;

const DATES = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "2-digit", minute: "2-digit" },
  time_secs: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
};

function writtenDate(epoch, format) {
  const when = new Date(epoch * 1000);
  return format.replace(/\{(\w+)\}/g, (whole, token) => {
    if (token === "ago") return ago(when);
    const kind = token.replace("_pretty", "");
    if (!DATES[kind]) return whole;
    if (token.endsWith("_pretty") && isToday(when)) return "today";
    return new Intl.DateTimeFormat(undefined, DATES[kind]).format(when);
  });
}

function ago(when) {
  const minutes = Math.round((when - Date.now()) / 60000);
  const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
  if (Math.abs(minutes) < 1440) return relative.format(Math.round(minutes / 60), "hour");
  return relative.format(Math.round(minutes / 1440), "day");
}

const isToday = (when) => when.toDateString() === new Date().toDateString();

function dateOf(target, fallback) {
  const [, epoch, format, url] = target.split("^");
  if (!/^\d+$/.test(epoch) || !format) return decoded(fallback || "");
  const words = el("time", { title: fallback && decoded(fallback) }, decoded(writtenDate(Number(epoch), format)));
  return url ? link(decoded(url), words) : words;
}

function mrkdwn(text) {
  const box = el("div", { class: "mrkdwn" });
  text.split("```").forEach((part, position) => {
    if (position % 2) box.append(el("pre", {}, decoded(part.replace(/^\n|\n$/g, ""))));
    else box.append(...paragraphs(part));
  });
  return box;
}

function paragraphs(text) {
  const made = [];
  let quote = null;
  for (const line of text.replace(/^\n|\n$/g, "").split("\n")) {
    const quoted = /^(?:&gt;|>)\s?(.*)$/.exec(line);
    if (quoted) {
      if (!quote) made.push((quote = el("blockquote")));
      quote.append(el("p", {}, inline(quoted[1])));
      continue;
    }
    quote = null;
    const item = /^(\s*)[•◦▪]\s+(.*)$/.exec(line);
    if (item) made.push(el("p", { class: "item" }, el("span", {}, "•"), el("span", {}, inline(item[2]))));
    else if (line || made.length) made.push(el("p", { class: line ? "" : "gap" }, inline(line)));
  }
  return made;
}

function textObject(object) {
  if (!object) return "";
  if (object.type === "mrkdwn") return mrkdwn(object.text);
  return el("span", { class: "plain" }, object.emoji === false ? object.text : withEmoji(object.text));
}

const plainText = (object) => (object ? withEmoji(object.text) : "");

// ---------------------------------------------------------------- standard markdown, as in the markdown block

const MARKDOWN_MARKS = [
  [/`([^`\n]+)`/, (found) => el("code", {}, found[1])],
  [/\[([^\]\n]+)\]\(([^)\s]+)\)/, (found) => link(found[2], markdownInline(found[1]))],
  [/\*\*([^\n]+?)\*\*/, (found) => el("b", {}, markdownInline(found[1]))],
  [/~~([^\n]+?)~~/, (found) => el("s", {}, markdownInline(found[1]))],
  [/(?<!\w)[*_]([^*_\n]+?)[*_](?!\w)/, (found) => el("i", {}, markdownInline(found[1]))],
];

function markdownInline(text) {
  for (const [pattern, made] of MARKDOWN_MARKS) {
    const found = pattern.exec(text);
    if (!found) continue;
    const rest = text.slice(found.index + found[0].length);
    return [...markdownInline(text.slice(0, found.index)), made(found), ...markdownInline(rest)];
  }
  return [withEmoji(text)];
}

const MARKDOWN_LINES = [
  [/^(#{1,6})\s+(.*)$/, (found) => el("p", { class: "heading" }, markdownInline(found[2]))],
  [/^\s*[-*+]\s+(.*)$/, (found) => el("p", { class: "item" }, el("span", {}, "•"), el("span", {}, markdownInline(found[1])))],
  [/^\s*(\d+[.)])\s+(.*)$/, (found) => el("p", { class: "item" }, el("span", {}, found[1]), el("span", {}, markdownInline(found[2])))],
  [/^>\s?(.*)$/, (found) => el("blockquote", {}, el("p", {}, markdownInline(found[1])))],
  [/^-{3,}$/, () => el("hr")],
];

function markdown(text) {
  const box = el("div", { class: "mrkdwn" });
  text.split("```").forEach((part, position) => {
    if (position % 2) return box.append(el("pre", {}, part.replace(/^\w*\n|\n$/g, "")));
    for (const line of part.split("\n").filter((one) => one.trim())) {
      const row = MARKDOWN_LINES.find(([pattern]) => pattern.test(line));
      box.append(row ? row[1](row[0].exec(line)) : el("p", {}, markdownInline(line)));
    }
  });
  return box;
}

// ---------------------------------------------------------------- rich text

const INLINE_PARTS = {
  text: (part) => withEmoji(part.text),
  link: (part) => link(part.url, part.text || part.url),
  user: (part) => mention("@" + nameOfPerson(part.user_id)),
  channel: (part) => mention("#" + nameOfChannel(part.channel_id)),
  usergroup: (part) => mention("@" + part.usergroup_id),
  broadcast: (part) => mention("@" + part.range),
  emoji: (part) => EMOJI[part.name] || `:${part.name}:`,
  date: (part) => el("time", {}, writtenDate(part.timestamp, part.format)),
  color: (part) => part.value,
};

const STYLES = { bold: "b", italic: "i", strike: "s", code: "code", underline: "u" };

function richInline(parts) {
  return parts.map((part) => {
    let node = (INLINE_PARTS[part.type] || (() => ""))(part);
    for (const [style, tag] of Object.entries(STYLES)) if (part.style?.[style]) node = el(tag, {}, node);
    return node;
  });
}

const RICH_PARTS = {
  rich_text_section: (part) => el("p", {}, richInline(part.elements)),
  rich_text_quote: (part) => el("blockquote", {}, el("p", {}, richInline(part.elements))),
  rich_text_preformatted: (part) => el("pre", {}, richInline(part.elements)),
  rich_text_list: (part) =>
    el(
      part.style === "ordered" ? "ol" : "ul",
      { class: `indent${part.indent || 0}`, start: part.offset ? String(part.offset + 1) : undefined },
      part.elements.map((item) => el("li", {}, richInline(item.elements))),
    ),
};

const richText = (block) => el("div", { class: "mrkdwn rich" }, block.elements.map((part) => RICH_PARTS[part.type]?.(part)));

// ---------------------------------------------------------------- blocks

const BLOCKS = {
  header: (block) => el("h2", {}, plainText(block.text)),
  section: (block, where) =>
    el(
      "div",
      { class: "section" },
      el(
        "div",
        { class: "words" },
        block.text && textObject(block.text),
        block.fields && el("div", { class: "fields" }, block.fields.map((one) => el("div", {}, textObject(one)))),
      ),
      block.accessory && el("div", { class: "accessory" }, element(block.accessory, block, where)),
    ),
  context: (block) =>
    el("div", { class: "context" }, block.elements.map((one) => (one.type === "image" ? picture(one, true) : textObject(one)))),
  divider: () => el("hr"),
  actions: (block, where) => el("div", { class: "actions" }, block.elements.map((one) => element(one, block, where))),
  context_actions: (block, where) => BLOCKS.actions({ ...block, elements: block.elements.filter((one) => one.type === "icon_button") }, where),
  image: (block) =>
    el("figure", {}, block.title && el("figcaption", {}, plainText(block.title)), picture(block, false)),
  input: inputBlock,
  markdown: (block) => markdown(block.text),
  rich_text: richText,
  table: (block) => table(block.rows, block.column_settings || [], 0),
  data_table: (block) => el("div", { class: "fallback" }, el("p", { class: "caption" }, block.caption), table(block.rows, numbersRight(block.rows), 1)),
  data_visualization: chartAsTable,
  alert: (block) => el("div", { class: `alert ${block.level || "default"}` }, textObject(block.text)),
  card: (block, where) =>
    el(
      "div",
      { class: "fallback" },
      block.hero_image && picture(block.hero_image, false),
      ["title", "subtitle", "body", "subtext"].map((key) => block[key] && el("div", { class: key }, textObject(block[key]))),
      block.actions && el("div", { class: "actions" }, block.actions.map((one) => element(one, block, where))),
    ),
};

function blocksOf(blocks, where) {
  return blocks.map((block) => {
    const made = BLOCKS[block.type];
    return el("div", { class: "block" }, made ? made(block, where) : el("div", { class: "fallback" }, `A block of type ${block.type}`));
  });
}

function pictureUrl(block) {
  if (!block.slack_file) return /^https?:/i.test(block.image_url) ? block.image_url : undefined;
  const id = /F[A-Z0-9]{8,}/.exec(block.slack_file.id || block.slack_file.url);
  return id ? `/local/files/${id[0]}` : undefined;
}

function picture(block, small) {
  const image = el("img", { src: pictureUrl(block), alt: block.alt_text, class: small ? "icon" : "picture" });
  image.addEventListener("load", () => keepAtBottom());
  if (small) return image;
  return el("button", { class: "look", "aria-label": `Show larger: ${block.alt_text}`, onclick: () => enlarge(block) }, image);
}

function enlarge(block) {
  const shown = el("img", { src: pictureUrl(block), alt: block.alt_text });
  $("picture").replaceChildren(shown, el("p", {}, block.alt_text));
  $("picture").showModal();
}

const numbersRight = (rows) => (rows[1] || []).map((cell) => ({ align: cell.type === "raw_number" ? "right" : "left" }));

function table(rows, settings, headers) {
  const cell = (one) => (one.type === "rich_text" ? richText(one) : one.text ?? String(one.value));
  const row = (cells, tag) =>
    el("tr", {}, cells.map((one, i) => el(tag, { class: `${settings[i]?.align || "left"}${settings[i]?.is_wrapped ? " wrapped" : ""}` }, cell(one))));
  const [head, ...body] = rows;
  return el(
    "div",
    { class: "table", tabindex: "0", "aria-label": "Table" },
    el("table", {}, el("thead", {}, row(head, headers ? "th" : "td")), el("tbody", {}, body.map((one) => row(one, "td")))),
  );
}

function chartAsTable(block) {
  const { chart } = block;
  const raw = (text) => ({ type: "raw_text", text: String(text) });
  const rows = chart.segments
    ? [[raw("Segment"), raw("Value")], ...chart.segments.map((one) => [raw(one.label), raw(one.value)])]
    : [
        [raw(""), ...chart.series.map((one) => raw(one.name))],
        ...chart.axis_config.categories.map((label, i) => [raw(label), ...chart.series.map((one) => raw(one.data[i].value))]),
      ];
  const right = rows[0].map((_, i) => ({ align: i ? "right" : "left" }));
  return el("div", { class: "fallback" }, el("p", { class: "caption" }, `${block.title} (${chart.type} chart)`), table(rows, right, 1));
}

function inputBlock(block, where) {
  const error = where.errors?.[block.block_id];
  const field = element(block.element, block, where);
  (field.querySelector("input, textarea") || field).setAttribute("aria-label", plainText(block.label));
  return el(
    "div",
    { class: `input${error ? " wrong" : ""}` },
    el("p", { class: "label" }, plainText(block.label), block.optional && el("span", { class: "optional" }, " (optional)")),
    field,
    error && el("p", { class: "error", role: "alert" }, error),
    block.hint && el("p", { class: "hint" }, plainText(block.hint)),
  );
}

// ---------------------------------------------------------------- what can be pressed or chosen

const optionWords = (option) => plainText(option.text);
const people = () => state.world.people.filter((one) => one.role !== "app").map((one) => ({ value: one.id, text: { text: one.real_name } }));
const channels = () => state.world.channels.filter((one) => !one.is_im).map((one) => ({ value: one.id, text: { text: `#${one.name}` } }));

const ELEMENTS = {
  button,
  overflow,
  icon_button: (one, block, where) => button(one, block, where),
  image: (one) => picture(one, false),
  static_select: (one, block, where) => select(one, block, where, one.options, one.option_groups, (option) => option),
  users_select: (one, block, where) => select(one, block, where, people(), null, (option) => option.value),
  channels_select: (one, block, where) => select(one, block, where, channels(), null, (option) => option.value),
  conversations_select: (one, block, where) => select(one, block, where, channels(), null, (option) => option.value),
  external_select: typeAhead,
  multi_external_select: typeAhead,
  multi_static_select: (one, block, where) => several(one, block, where, one.options || one.option_groups.flatMap((group) => group.options), (option) => option),
  multi_users_select: (one, block, where) => several(one, block, where, people(), (option) => option.value),
  multi_channels_select: (one, block, where) => several(one, block, where, channels(), (option) => option.value),
  multi_conversations_select: (one, block, where) => several(one, block, where, channels(), (option) => option.value),
  checkboxes: (one, block, where) => boxes(one, block, where, "checkbox"),
  radio_buttons: (one, block, where) => boxes(one, block, where, "radio"),
  datepicker: (one, block, where) => typed(one, block, where, "date", one.initial_date),
  timepicker: (one, block, where) => typed(one, block, where, "time", one.initial_time),
  number_input: (one, block, where) => typed(one, block, where, "text", one.initial_value, { inputmode: "decimal" }),
  email_text_input: (one, block, where) => typed(one, block, where, "email", one.initial_value),
  url_text_input: (one, block, where) => typed(one, block, where, "url", one.initial_value),
  plain_text_input: (one, block, where) =>
    typed(one, block, where, one.multiline ? "multiline" : "text", one.initial_value, { maxlength: one.max_length && String(one.max_length) }),
};

function element(one, block, where) {
  const made = ELEMENTS[one.type];
  return made ? made(one, block, where) : el("span", { class: "fallback" }, `An element of type ${one.type}`);
}

function valuesOf(where) {
  if (!state.values.has(where.key)) state.values.set(where.key, {});
  return state.values.get(where.key);
}

// In an input block a choice waits for the submission; anywhere else it is sent at once.
async function choose(one, block, where, value, node) {
  valuesOf(where)[one.action_id] = value;
  if (block.type === "input" && !block.dispatch_action) return;
  if (one.confirm && !(await confirmed(one.confirm))) return;
  await send({ do: "act", ...where.address, action: one.action_id, values: valuesOf(where) }, node);
}

function button(one, block, where) {
  const made = el("button", { type: "button", class: `button ${one.style || ""}`, "aria-label": one.accessibility_label }, plainText(one.text));
  made.addEventListener("click", async () => {
    if (one.confirm && !(await confirmed(one.confirm))) return;
    if (one.url) window.open(safeLink(one.url), "_blank", "noopener");
    await send({ do: "act", ...where.address, action: one.action_id, values: valuesOf(where) }, made);
  });
  return made;
}

function overflow(one, block, where) {
  const menu = el("details", { class: "overflow" }, el("summary", { class: "button", "aria-label": "More actions" }, "⋯"));
  const pick = (option) => {
    menu.open = false;
    if (option.url) window.open(safeLink(option.url), "_blank", "noopener");
    choose(one, block, where, option, menu);
  };
  menu.append(el("div", { class: "menu" }, one.options.map((option) => el("button", { type: "button", onclick: () => pick(option) }, optionWords(option)))));
  return menu;
}

function select(one, block, where, options, groups, valueOf) {
  const all = groups ? groups.flatMap((group) => group.options) : options;
  const item = (option) => el("option", { value: option.value }, optionWords(option));
  const made = el(
    "select",
    { class: "select" },
    el("option", { value: "" }, plainText(one.placeholder) || "Choose …"),
    groups ? groups.map((group) => el("optgroup", { label: plainText(group.label) }, group.options.map(item))) : all.map(item),
  );
  const before = valuesOf(where)[one.action_id] ?? one.initial_option ?? one.initial_user ?? one.initial_channel ?? one.initial_conversation;
  made.value = before?.value ?? before ?? "";
  made.addEventListener("change", () => {
    const option = all.find((candidate) => candidate.value === made.value);
    choose(one, block, where, option ? valueOf(option) : null, made);
  });
  return made;
}

function several(one, block, where, options, valueOf) {
  const before = valuesOf(where)[one.action_id] ?? one.initial_options ?? one.initial_users ?? one.initial_channels ?? [];
  const chosen = new Set(before.map((option) => option.value ?? option));
  const summary = el("summary", { class: "select" });
  const name = () => {
    const words = options.filter((option) => chosen.has(option.value)).map(optionWords);
    summary.textContent = words.join(", ") || plainText(one.placeholder) || "Choose …";
  };
  const toggle = (option) => {
    if (!chosen.delete(option.value)) chosen.add(option.value);
    name();
    choose(one, block, where, options.filter((each) => chosen.has(each.value)).map(valueOf), summary);
  };
  name();
  return el(
    "details",
    { class: "several" },
    summary,
    el("div", { class: "menu" }, options.map((option) => el("label", {}, el("input", { type: "checkbox", checked: chosen.has(option.value), onchange: () => toggle(option) }), optionWords(option)))),
  );
}

function boxes(one, block, where, kind) {
  const before = valuesOf(where)[one.action_id] ?? one.initial_options ?? (one.initial_option ? [one.initial_option] : []);
  const chosen = new Set([before].flat().map((option) => option.value));
  const pick = (option) => {
    if (kind === "radio") chosen.clear();
    if (!chosen.delete(option.value)) chosen.add(option.value);
    choose(one, block, where, kind === "radio" ? option : one.options.filter((each) => chosen.has(each.value)), null);
  };
  const line = (option) =>
    el(
      "label",
      {},
      el("input", { type: kind, name: `${where.key}/${one.action_id}`, checked: chosen.has(option.value), onchange: () => pick(option) }),
      el("span", {}, textObject(option.text), option.description && el("small", {}, textObject(option.description))),
    );
  return el("div", { class: "boxes" }, one.options.map(line));
}

function typed(one, block, where, kind, initial, more = {}) {
  const attributes = { class: "typed", placeholder: plainText(one.placeholder), ...more };
  const made = kind === "multiline" ? el("textarea", { rows: "4", ...attributes }) : el("input", { type: kind, ...attributes });
  made.value = valuesOf(where)[one.action_id] ?? initial ?? "";
  const note = () => (valuesOf(where)[one.action_id] = made.value || null);
  made.addEventListener("input", note);
  if (block.type !== "input" || block.dispatch_action) made.addEventListener("change", () => choose(one, block, where, made.value || null, made));
  if (one.focus_on_load) requestAnimationFrame(() => made.focus());
  return made;
}

function typeAhead(one, block, where) {
  const multi = one.type.startsWith("multi_");
  const before = valuesOf(where)[one.action_id] ?? one.initial_option ?? one.initial_options;
  const list = el("div", { class: "menu", hidden: true, role: "listbox" });
  const field = el("input", { class: "typed", placeholder: plainText(one.placeholder) || "Type to search …", role: "combobox" });
  const name = (value) => (field.value = [value ?? []].flat().map(optionWords).join(", "));
  const pick = (option) => {
    const chosen = multi ? [...(valuesOf(where)[one.action_id] ?? []), option] : option;
    list.hidden = true;
    name(chosen);
    choose(one, block, where, chosen, field);
  };
  const offer = async () => {
    const words = field.value.split(", ").pop();
    if (words.length < (one.min_query_length ?? 3)) return (list.hidden = true);
    const { options } = await post({ do: "suggest", ...where.address, action: one.action_id, typed: words });
    const item = (option) => el("button", { type: "button", role: "option", onclick: () => pick(option) }, optionWords(option));
    list.replaceChildren(...(options.length ? options.map(item) : [el("p", {}, "No results")]));
    list.hidden = false;
  };
  let waiting;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(offer, 150);
  });
  field.addEventListener("focus", offer);
  field.addEventListener("blur", () => setTimeout(() => (list.hidden = true), 200));
  name(before);
  return el("div", { class: "ahead" }, field, list);
}

function confirmed(asking) {
  const dialog = $("confirm");
  return new Promise((answered) => {
    const answer = (yes) => () => {
      dialog.close();
      answered(yes);
    };
    dialog.replaceChildren(
      el("h2", {}, plainText(asking.title)),
      textObject(asking.text),
      el(
        "footer",
        {},
        el("button", { type: "button", class: "button", onclick: answer(false) }, plainText(asking.deny)),
        el("button", { type: "button", class: `button ${asking.style || "primary"}`, onclick: answer(true) }, plainText(asking.confirm)),
      ),
    );
    dialog.oncancel = () => answered(false);
    dialog.showModal();
  });
}

// ---------------------------------------------------------------- messages

const currentChannel = () => state.world.channels.find((one) => [one.name, one.id].includes(state.channel) || (one.is_im && state.channel === "kpi"));
const here = () => (currentChannel() || state.world.channels[0]).id;

function messageNode(message) {
  const person = state.world.people.find((one) => one.id === message.user);
  const where = { key: message.ts, address: { channel: message.channel, ts: message.ts } };
  const name = person ? (message.bot_id ? "KPI" : person.real_name) : "Slackbot";
  const when = new Date(Number(message.ts) * 1000);
  return el(
    "article",
    { class: `message${message.ephemeral ? " ephemeral" : ""}`, id: `m${message.ts}` },
    message.ephemeral && el("p", { class: "private" }, eye(), "Only visible to you"),
    avatar(name, message.bot_id),
    el(
      "div",
      { class: "body" },
      el(
        "p",
        { class: "author" },
        el("b", {}, name),
        message.bot_id && el("span", { class: "app" }, "APP"),
        el("time", { title: when.toLocaleString() }, when.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" })),
      ),
      message.blocks ? blocksOf(message.blocks, where) : mrkdwn(message.text),
      message.edited && el("span", { class: "edited" }, "(edited)"),
      thread(message),
    ),
  );
}

function eye() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M10 4.5C5.8 4.5 2.7 7.3 1.3 10c1.4 2.7 4.5 5.5 8.7 5.5s7.3-2.8 8.7-5.5c-1.4-2.7-4.5-5.5-8.7-5.5zm0 9a3.5 3.5 0 1 1 0-7 3.5 3.5 0 0 1 0 7z");
  svg.append(path);
  return svg;
}

function avatar(name, bot) {
  if (bot) return el("span", { class: "avatar bot", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
  const hue = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 6, 7);
  return el("span", { class: `avatar hue${hue}`, "aria-hidden": "true" }, name.slice(0, 1));
}

function thread(message) {
  const replies = [...state.messages.values()].filter((one) => one.parent === message.ts && one.channel === message.channel);
  if (!replies.length) return "";
  const box = el(
    "details",
    { class: "thread", open: state.openThreads.has(message.ts) },
    el("summary", {}, replies.length === 1 ? "1 reply" : `${replies.length} replies`),
    replies.map(messageNode),
  );
  box.addEventListener("toggle", () => state.openThreads[box.open ? "add" : "delete"](message.ts));
  return box;
}

function day(ts) {
  const when = new Date(Number(ts) * 1000);
  return isToday(when) ? "Today" : when.toLocaleDateString(undefined, { weekday: "long", month: "long", day: "numeric" });
}

function drawMessages() {
  const shown = [...state.messages.values()].filter((one) => one.channel === here() && !one.parent).sort((a, b) => a.ts - b.ts);
  const nodes = [];
  let last = "";
  for (const message of shown) {
    if (day(message.ts) !== last) nodes.push(el("p", { class: "day" }, el("span", {}, (last = day(message.ts)))));
    nodes.push(messageNode(message));
  }
  const box = $("messages");
  box.replaceChildren(welcome(shown.length > 0), ...nodes);
  keepAtBottom();
}

function drawMessage(message) {
  const parent = message.parent && state.messages.get(message.parent);
  const old = document.getElementById(`m${message.ts}`);
  if (message.deleted) return drawMessages();
  if (parent) return redraw(parent);
  if (old) return redraw(message);
  drawMessages();
}

function redraw(message) {
  document.getElementById(`m${message.ts}`)?.replaceWith(messageNode(message));
  keepAtBottom();
}

// Whoever has scrolled up to read stays there; everybody else follows the latest message.
function keepAtBottom() {
  if (state.atBottom) $("messages").scrollTop = $("messages").scrollHeight;
}

function noteScroll() {
  const box = $("messages");
  state.atBottom = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
}

function welcome(busy) {
  const channel = currentChannel() || state.world.channels[0];
  const name = channel.is_im ? "KPI" : `#${channel.name}`;
  const examples = state.world.hints.map((hint) => el("button", { type: "button", class: "example", onclick: () => submitText(hint) }, hint));
  return el(
    "div",
    { class: `welcome${busy ? " busy" : ""}` },
    el("h2", {}, name),
    el("p", {}, channel.is_im ? "This is between you and the bot." : `This is the very beginning of ${name}.`),
    !busy && examples.length > 0 && el("p", { class: "try" }, "Press one to try it, or type your own:"),
    !busy && el("div", { class: "examples" }, examples),
  );
}

// ---------------------------------------------------------------- modal and home

function drawModal(view) {
  const dialog = $("modal");
  if (!view) return dialog.close();
  const where = { key: view.id, address: { view: view.id }, errors: view.errors };
  dialog.replaceChildren(
    el("header", {}, el("h1", {}, plainText(view.title)), el("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: () => closeModal(view) }, "×")),
    el("form", { id: "form", onsubmit: (event) => submitModal(event, view) }, view.errors[""] && el("p", { class: "alert error" }, view.errors[""]), blocksOf(view.blocks, where)),
    el(
      "footer",
      {},
      el("button", { type: "button", class: "button", onclick: () => closeModal(view) }, plainText(view.close) || "Cancel"),
      view.submit && el("button", { form: "form", class: "button primary" }, plainText(view.submit)),
    ),
  );
  dialog.oncancel = (event) => {
    event.preventDefault();
    closeModal(view);
  };
  if (!dialog.open) dialog.showModal();
}

function submitModal(event, view) {
  event.preventDefault();
  send({ do: "submit", view: view.id, values: state.values.get(view.id) || {} }, event.submitter);
}

const closeModal = (view) => post({ do: "close", view: view.id });

function drawHome() {
  const view = state.world.home;
  const where = view && { key: view.id, address: { view: view.id } };
  $("home").replaceChildren(el("div", { class: "page" }, view ? blocksOf(view.blocks, where) : el("p", { class: "nothing" }, "The bot has not put anything here yet.")));
}

// ---------------------------------------------------------------- talking to the server

async function post(what) {
  const said = await fetch("/local/do", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ viewer: state.viewer, ...what }),
  });
  if (!said.ok) throw new Error(await said.text());
  return said.json();
}

async function send(what, node) {
  node?.classList.add("busy");
  try {
    report(await post(what));
  } catch (error) {
    $("status").textContent = `That did not work: ${error.message}`;
  }
  node?.classList.remove("busy");
}

function runErrand(name, button) {
  go("marketing");
  send({ do: "errand", errand: name }, button);
}

function report(receipt) {
  const seconds = receipt.seconds < 0.1 ? `${Math.round(receipt.seconds * 1000)} ms` : `${receipt.seconds.toFixed(1)} s`;
  const good = receipt.status === 200 && !receipt.timed_out;
  $("status").textContent = good ? (receipt.seconds ? `Acknowledged in ${seconds}` : "") : "The bot did not acknowledge this in time.";
}

function submitText(text) {
  state.atBottom = true;
  state.typed.push(text);
  state.typedAt = state.typed.length;
  $("text").value = "";
  grow();
  send({ do: text.startsWith("/") ? "command" : "words", text, channel: here() }, $("composer"));
}

let stream;

function follow(after) {
  stream?.close();
  stream = new EventSource(`/local/changes?viewer=${encodeURIComponent(state.viewer)}&after=${after}`);
  stream.onopen = () => ($("offline").hidden = true);
  stream.onerror = () => {
    $("offline").hidden = false;
    if (stream.readyState === EventSource.CLOSED) setTimeout(load, 1500);
  };
  stream.onmessage = (event) => take(JSON.parse(event.data));
}

function take(change) {
  if (change.reload) return load();
  if ("modal" in change) drawModal(change.modal);
  if (change.home) {
    state.world.home = change.home;
    drawHome();
  }
  if (change.message) takeMessage(change.message);
}

function takeMessage(message) {
  const known = state.messages.has(message.ts);
  if (message.deleted) state.messages.delete(message.ts);
  else state.messages.set(message.ts, message);
  if (message.channel === here()) return drawMessage(message);
  if (known) return;
  state.unread.add(message.channel);
  drawSidebar();
}

async function load() {
  const said = await fetch(`/local/world?viewer=${encodeURIComponent(state.viewer)}`);
  if (said.status === 404 && state.viewer !== "ada") return become("ada");
  state.world = await said.json();
  state.messages = new Map(state.world.messages.map((one) => [one.ts, one]));
  draw();
  drawModal(state.world.modal);
  follow(state.world.number);
  if (state.tab === "home") openHome();
}

function become(viewer) {
  state.viewer = viewer;
  state.unread.clear();
  state.atBottom = true;
  return load();
}

// ---------------------------------------------------------------- around the messages

function draw() {
  drawSidebar();
  drawHeader();
  drawMessages();
  drawHome();
}

function drawSidebar() {
  const group = (name, items) => (items.length ? [el("h2", {}, name), ...items] : []);
  const item = (channel) =>
    el(
      "button",
      { class: `channel${channel.id === here() ? " current" : ""}${state.unread.has(channel.id) ? " unread" : ""}`, onclick: () => go(channel.is_im ? "kpi" : channel.name) },
      el("span", { class: "sign" }, channel.is_im ? "●" : channel.is_private ? "◆" : "#"),
      channel.is_im ? "KPI" : channel.name,
      channel.is_shared && el("span", { class: "tag" }, "shared"),
    );
  const all = state.world.channels;
  $("team").textContent = state.world.team;
  $("channels").replaceChildren(
    ...group("Channels", all.filter((one) => !one.is_im).map(item)),
    ...group("Apps", all.filter((one) => one.is_im).map(item)),
  );
  $("errands").replaceChildren(
    ...state.world.errands.map((name) => el("button", { type: "button", class: "errand", onclick: (event) => runErrand(name, event.target) }, name)),
  );
  $("viewer").replaceChildren(...state.world.people.filter((one) => one.role !== "app").map((one) => el("option", { value: one.name }, `${one.real_name}, ${one.role}`)));
  $("viewer").value = state.viewer;
}

function drawHeader() {
  const channel = currentChannel() || state.world.channels[0];
  const kind = channel.is_private ? "Private" : channel.is_shared ? "Shared with another organisation" : "Public";
  $("title").textContent = channel.is_im ? "KPI" : `# ${channel.name}`;
  $("subtitle").textContent = channel.is_im ? "App" : `${kind} · ${channel.members} members`;
  $("text").placeholder = channel.is_im ? "Message KPI" : "Try /kpi help";
  $("tabs").hidden = !channel.is_im;
  const tab = (key, name, does) => el("button", { role: "tab", "aria-selected": String(state.tab === key), onclick: does }, name);
  $("tabs").replaceChildren(tab("home", "Home", openHome), tab("messages", "Messages", () => show("messages")));
  show(channel.is_im ? state.tab : "messages");
}

function show(tab) {
  state.tab = tab;
  $("home").hidden = tab !== "home";
  for (const id of ["messages", "composer", "status"]) $(id).hidden = tab === "home";
  for (const [position, key] of ["home", "messages"].entries()) $("tabs").children[position]?.setAttribute("aria-selected", String(tab === key));
  remember();
}

function openHome() {
  show("home");
  send({ do: "home" });
}

function go(channel) {
  state.channel = channel;
  state.tab = "messages";
  state.atBottom = true;
  state.unread.delete(here());
  document.body.classList.remove("menu-open");
  $("veil").hidden = true;
  draw();
  $("text").focus();
}

function remember() {
  asked.set("viewer", state.viewer);
  asked.set("channel", state.channel);
  if (state.tab === "home") asked.set("tab", "home");
  else asked.delete("tab");
  history.replaceState(null, "", `?${asked}`);
}

function dress(theme) {
  document.documentElement.dataset.theme = theme;
  asked.set("theme", theme);
  $("theme").textContent = theme === "dark" ? "☀" : "☾";
}

function grow() {
  const box = $("text");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 180)}px`;
}

function recall(step) {
  state.typedAt = Math.max(0, Math.min(state.typed.length, state.typedAt + step));
  $("text").value = state.typed[state.typedAt] || "";
  grow();
}

function onKey(event) {
  const single = !$("text").value.includes("\n");
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("composer").requestSubmit();
  } else if (event.key === "ArrowUp" && single) {
    event.preventDefault();
    recall(-1);
  } else if (event.key === "ArrowDown" && single) {
    event.preventDefault();
    recall(1);
  }
}

async function attach() {
  const [file] = $("file").files;
  if (!file) return;
  const query = new URLSearchParams({ name: file.name, viewer: state.viewer, channel: here() });
  const said = await fetch(`/local/drop?${query}`, { method: "POST", body: file });
  if (said.ok) report(await said.json());
  $("file").value = "";
}

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  if ($("text").value.trim()) submitText($("text").value.trim());
});
$("text").addEventListener("keydown", onKey);
$("text").addEventListener("input", grow);
$("file").addEventListener("change", attach);
$("picture").addEventListener("click", () => $("picture").close());
$("viewer").addEventListener("change", () => become($("viewer").value));
$("theme").addEventListener("click", () => {
  dress(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  remember();
});
$("messages").addEventListener("scroll", noteScroll);
const toggleMenu = () => ($("veil").hidden = !document.body.classList.toggle("menu-open"));
$("menu").addEventListener("click", toggleMenu);
$("veil").addEventListener("click", toggleMenu);
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.overflow[open], details.several[open]")) if (!open.contains(event.target)) open.open = false;
});

dress(asked.get("theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
load();
