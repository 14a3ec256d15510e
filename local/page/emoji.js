// Shortcodes to Unicode: the ones that bots and people of an operations channel use. A code that is not here is shown as
// ":code:", as Slack shows an emoji that the workspace does not have. To add one, add it to its line.

import { el } from "./dom.js";

const TABLE = `
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 ok_hand 👌 clap 👏 pray 🙏 raised_hands 🙌 wave 👋 muscle 💪 point_right 👉 point_left 👈 point_up ☝️ point_down 👇
raised_hand ✋ hand ✋ crossed_fingers 🤞 v ✌️ handshake 🤝 writing_hand ✍️ saluting_face 🫡 eyes 👀 eye 👁️ brain 🧠 speech_balloon 💬 thought_balloon 💭 shushing_face 🤫
smile 😄 smiley 😃 grinning 😀 grin 😁 slightly_smiling_face 🙂 wink 😉 blush 😊 joy 😂 rolling_on_the_floor_laughing 🤣 sweat_smile 😅 thinking_face 🤔 neutral_face 😐
heart_eyes 😍 sunglasses 😎 cry 😢 sob 😭 scream 😱 rage 😡 angry 😠 exploding_head 🤯 face_with_rolling_eyes 🙄 sleeping 😴 zzz 💤 nerd_face 🤓 partying_face 🥳 upside_down_face 🙃
skull 💀 ghost 👻 robot_face 🤖 alien 👽 see_no_evil 🙈 facepalm 🤦 shrug 🤷 bust_in_silhouette 👤 busts_in_silhouette 👥 runner 🏃 technologist 🧑‍💻 firefighter 🧑‍🚒 superhero 🦸
heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤 white_heart 🤍 broken_heart 💔 100 💯 boom 💥 fire 🔥 sparkles ✨ star ⭐ star2 🌟 zap ⚡ dizzy 💫
red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡 large_green_circle 🟢 large_blue_circle 🔵 blue_circle 🔵 large_purple_circle 🟣 large_brown_circle 🟤 black_circle ⚫ white_circle ⚪
large_red_square 🟥 large_orange_square 🟧 large_yellow_square 🟨 large_green_square 🟩 large_blue_square 🟦 large_purple_square 🟪 white_large_square ⬜ black_large_square ⬛ small_red_triangle 🔺 small_red_triangle_down 🔻
large_blue_diamond 🔷 small_blue_diamond 🔹 large_orange_diamond 🔶 small_orange_diamond 🔸 radio_button 🔘 black_small_square ▪️ white_small_square ▫️
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ heavy_plus_sign ➕ heavy_minus_sign ➖ warning ⚠️ no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑 stop_sign 🛑
rotating_light 🚨 bell 🔔 no_bell 🔕 mute 🔇 loudspeaker 📢 mega 📣 sos 🆘 exclamation ❗ heavy_exclamation_mark ❗ bangbang ‼️ question ❓ grey_question ❔ information_source ℹ️ construction 🚧 vertical_traffic_light 🚦
arrow_up ⬆️ arrow_down ⬇️ arrow_right ➡️ arrow_left ⬅️ arrow_upper_right ↗️ arrow_lower_right ↘️ arrows_counterclockwise 🔄 arrows_clockwise 🔃 repeat 🔁 leftwards_arrow_with_hook ↩️ arrow_forward ▶️ double_vertical_bar ⏸️ black_square_for_stop ⏹️ fast_forward ⏩
clock1 🕐 clock3 🕒 clock9 🕘 clock12 🕛 hourglass ⌛ hourglass_flowing_sand ⏳ stopwatch ⏱️ timer_clock ⏲️ alarm_clock ⏰ watch ⌚ calendar 📅 date 📅 spiral_calendar_pad 🗓️ sunrise 🌅 sunny ☀️ crescent_moon 🌙 cloud ☁️ rainbow 🌈 snowflake ❄️
chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊 memo 📝 pencil 📝 pencil2 ✏️ clipboard 📋 pushpin 📌 round_pushpin 📍 paperclip 📎 link 🔗 book 📖 books 📚 bookmark 🔖 notebook 📓 page_facing_up 📄 newspaper 📰 scroll 📜 label 🏷️
file_folder 📁 open_file_folder 📂 card_file_box 🗃️ wastebasket 🗑️ inbox_tray 📥 outbox_tray 📤 email 📧 envelope ✉️ incoming_envelope 📨 package 📦 mailbox 📫 phone ☎️ telephone_receiver 📞 pager 📟 iphone 📱 computer 💻 desktop_computer 🖥️ keyboard ⌨️
floppy_disk 💾 minidisc 💽 electric_plug 🔌 battery 🔋 satellite_antenna 📡 globe_with_meridians 🌐 earth_africa 🌍 earth_americas 🌎 mag 🔍 mag_right 🔎 lock 🔒 unlock 🔓 closed_lock_with_key 🔐 key 🔑 shield 🛡️ bug 🐛 beetle 🪲 ant 🐜 snail 🐌
wrench 🔧 hammer 🔨 hammer_and_wrench 🛠️ gear ⚙️ nut_and_bolt 🔩 toolbox 🧰 magnet 🧲 test_tube 🧪 microscope 🔬 telescope 🔭 bulb 💡 flashlight 🔦 fire_extinguisher 🧯 fire_engine 🚒 ambulance 🚑 helmet_with_white_cross ⛑️ adhesive_bandage 🩹 pill 💊 thermometer 🌡️ droplet 💧
rocket 🚀 airplane ✈️ ship 🚢 anchor ⚓ car 🚗 truck 🚚 bike 🚲 tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁 trophy 🏆 medal 🏅 first_place_medal 🥇 dart 🎯 checkered_flag 🏁 triangular_flag_on_post 🚩 black_flag 🏴 white_flag 🏳️ crown 👑 gem 💎 moneybag 💰 dollar 💵 credit_card 💳 shopping_trolley 🛒
coffee ☕ tea 🍵 beer 🍺 beers 🍻 pizza 🍕 cake 🍰 popcorn 🍿 apple 🍎 performing_arts 🎭 clapper 🎬 microphone 🎤 musical_note 🎵 art 🎨 game_die 🎲 jigsaw 🧩 crystal_ball 🔮 magic_wand 🪄 sloth 🦥 turtle 🐢 rabbit2 🐇 unicorn_face 🦄 dog 🐶 cat 🐱 penguin 🐧 whale 🐳 octopus 🐙 crab 🦀 ferris 🦀 evergreen_tree 🌲 four_leaf_clover 🍀 seedling 🌱
one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ new 🆕 ok 🆗 up 🆙 cool 🆒 free 🆓 heavy_dollar_sign 💲 copyright ©️ tm ™️ recycle ♻️ trident 🔱 fleur_de_lis ⚜️ infinity ♾️ house 🏠 office 🏢 factory 🏭 department_store 🏬 hospital 🏥 bank 🏦 door 🚪 bed 🛏️
`;

/** Shortcode -> Unicode. */
export const EMOJI = new Map([...TABLE.matchAll(/(\S+) (\S+)/g)].map(([, name, picture]) => [name, picture]));

/** What the reaction bar offers without searching. */
export const QUICK = ["white_check_mark", "eyes", "raised_hands"];

/** An emoji as a node: the picture with its name for screen readers, or ":name:" if it is not known. */
export function emojiNode(name) {
  const picture = EMOJI.get(name);
  return el(
    "span",
    {
      class: picture ? "emoji" : "emoji-unknown",
      role: picture ? "img" : null,
      "aria-label": picture ? name.replaceAll("_", " ") : null,
      title: `:${name}:`,
    },
    picture ?? `:${name}:`,
  );
}

/** What a picker shows: each picture once, with all its names to search by. */
export function palette() {
  const names = new Map();
  for (const [name, picture] of EMOJI) names.set(picture, [...(names.get(picture) ?? []), name]);
  return [...names].map(([picture, all]) => ({ picture, names: all }));
}

/** Names that contain `part`, those that begin with it first. */
export function findEmoji(part, limit = 8) {
  const wanted = part.toLowerCase();
  const names = [...EMOJI.keys()].filter((name) => name.includes(wanted));
  return names.sort((a, b) => Number(b.startsWith(wanted)) - Number(a.startsWith(wanted))).slice(0, limit);
}
