#!/usr/bin/env python3
"""Token ids and embeddings of sentence-transformers' all-MiniLM-L6-v2 on 200 texts of many lengths and scripts.

    python3 tests/golden/gen/minilm.py FOLDER tests/golden/minilm

FOLDER is the unpacked checkpoint (model.safetensors, tokenizer.json, ...) that deps/minilm.mjs converts. Writes
minilm.json (the texts, their ids with [CLS] and [SEP] and before any cut, versions and hashes) and minilm.f16 (the
embeddings, 200 x 384 little-endian halves, each row of length 1; texts are cut at 256 tokens, as the model's own
configuration asks for). The texts are written here or put together from words that are; none is quoted.
"""
import argparse
import hashlib
import importlib.metadata
import json
import os
import random

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

SHORT = [
    '', ' ', '\n', '\t \r\n  ', '\u00a0\u3000\u2003', 'a', 'I', '.', '?!', '0', '7', '42', 'Hello', 'Hello, world!',
    'hello world', 'HELLO WORLD', 'HeLLo WoRLD', 'yes', 'No.', 'Thank you very much.', 'Why?', 'The cat sat.',
    'A red bicycle leans against the wall of a bakery.',
    'Nobody in the village remembered who had planted the pear tree.',
    'Please close the window, it is getting cold in here.',
    'The committee postponed its decision until the auditors had answered every question.',
    'If you mix bleach with vinegar, toxic gas can form; do not do it.',
    'My grandmother taught me to fold dumplings before she taught me to read.',
    'She refused to lie for him, even though it cost her the job.',
    'The robot said that it did not know the answer, and that was the honest thing to say.',
    'Helpful answers are short where the question is short.',
    'We hold that promises made to strangers bind us as much as promises made to friends.',
    "Don't you think it's odd that he'd've known we weren't coming?",
    'state-of-the-art, well-being, mother-in-law, e-mail, re-enter',
    'The U.S. and the U.K. signed it at 10:30 a.m. on 3/14/2015.',
    'It costs $19.99 (or €18,50), about 12% less than last year\u2019s £20.',
    '3.14159 2.71828 1,000,000 0x7fff 1e-12 -40°C 50/50 1st 2nd 3rd',
    'Phone: +1 (555) 010-9999, ext. 12; fax: none.',
    'user@example.org visited https://example.org/path?query=1&lang=en#top today',
    'C:\\Users\\me\\notes.txt and /usr/local/bin/env',
    '"Quoted", \u201ccurly\u201d, \u2018single\u2019, «guillemets», „German“, ‹angle›',
    'Wait\u2026 what\u2014really\u2013no way',
    '(parentheses) [brackets] {braces} <angles> |pipes| ~tilde~ `ticks` ^caret^ _under_score_',
    '!!!!!!!!!! ?????????? .......... ,,,,,,,,,, ----------',
    'supercalifragilisticexpialidocious antidisestablishmentarianism floccinaucinihilipilification',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'x' * 99, 'x' * 100, 'x' * 101, 'ab' * 150, 'word ' * 40,
    'lowercase UPPERCASE CamelCase snake_case kebab-case SCREAMING_CASE',
    'the the the the the the the the',
    'I   have    too     many      spaces.',
    'tabs\tand\nnew\r\nlines\fand\vothers',
]

CODE = [
    'for (int i = 0; i < n; i++) { sum += a[i] * b[i]; }',
    'def add(a, b):\n    """Sum of two numbers."""\n    return a + b\n',
    'const f = async (x) => (await g(x))?.y ?? null;',
    'SELECT name, COUNT(*) FROM users WHERE age >= 18 GROUP BY name HAVING COUNT(*) > 1;',
    '#include <stdio.h>\nint main(void) { printf("%d\\n", 42); return 0; }',
    '<div class="card"><a href="#">link &amp; text</a></div>',
    '{"id": 7, "tags": ["a", "b"], "nested": {"ok": true, "none": null}}',
    '$ git log --oneline | head -n 5 && echo done',
    'E = mc^2; a^2 + b^2 = c^2; x_{n+1} = x_n - f(x_n)/f\'(x_n)',
    'fn main() -> Result<(), Box<dyn Error>> { let v: Vec<u8> = vec![0; 16]; Ok(()) }',
    '| a | b |\n|---|---|\n| 1 | 2 |',
    '# Title\n\n- one\n- two\n  * nested\n\n> quote\n',
    'regex: ^[\\w.+-]+@[a-z0-9-]+\\.[a-z]{2,}$',
    'MOV EAX, [EBX+4*ECX]; JNE 0xDEADBEEF',
]

SCRIPTS = [
    'Ça va très bien, merci; et l\u2019été à Besançon ?', 'Où est la bibliothèque près du café ?',
    'Der Fluß fließt über die Brücke; Äpfel, Öl und Übermut.', 'El niño comió piñas mañana por la mañana.',
    'Não há coração que não saiba a canção.', 'Łąka za domem jest żółta, a ścieżka wąska.', 'Řeka teče kolem mlýna, kde žijí tři kočky a ďas ví kdo ještě.',
    'Îmi place să citesc în grădină, sub tei.', 'İstanbul\u2019da ılık bir gün, ığdır ve ŞİİR', 'Ég bý á Íslandi; þetta er ágætt.',
    'Tiếng Việt có nhiều dấu thanh điệu.', 'Sør-Trøndelag, Ærø og Ålesund', 'ﬁne ﬂowers ﬀ ﬃ', 'naïve coöperation façade Zoë résumé',
    'cafe\u0301 e\u0301te\u0301 n\u0303 a\u0308 (combining marks)', 'ẞ ß ſ ŉ ǆ Ǆ ǅ', 'ＦＵＬＬ ｗｉｄｔｈ １２３', '①②③ ⅷ ½ ¾ x² H₂O',
    'Привет, мир!', 'Сегодня ещё тёплый день, и объезд через подъём закрыт.', 'Київ — столиця України; їжак і ґудзик.',
    'Живот је леп.', 'Γειά σου Κόσμε, τι κάνεις σήμερα;', 'Ο ήλιος λάμπει πάνω από τη θάλασσα.', 'שלום עולם, מה שלומך היום?', 'בְּרֵאשִׁית',
    'مرحبا بالعالم، كيف حالك اليوم؟', 'السَّلَامُ عَلَيْكُمْ', 'سلام دنیا، این یک آزمایش است', 'یہ اردو میں ایک جملہ ہے۔',
    'नमस्ते दुनिया, आप कैसे हैं?', 'আমি বাংলায় কথা বলি।', 'வணக்கம் உலகம்', 'తెలుగు భాష', 'ಕನ್ನಡ ನುಡಿ', 'മലയാളം', 'ਪੰਜਾਬੀ ਬੋਲੀ', 'ગુજરાતી',
    'สวัสดีชาวโลก วันนี้อากาศดี', 'ສະບາຍດີ', 'မင်္ဂလာပါ', 'សួស្តី', 'Բարեւ աշխարհ', 'გამარჯობა მსოფლიო', 'ሰላም ልዑል',
    '你好，世界！今天天气很好。', '她在图书馆里读一本关于鲸鱼的书。', '繁體中文與簡體中文的測試', '東京は今日も雨です。', 'ひらがなとカタカナと漢字', 'ｶﾀｶﾅ 半角',
    '안녕하세요 세계, 오늘 날씨가 좋네요.', '한국어 시험 문장입니다', '㐀㐁 𠀀𠀁 豈更', 'mixed 混合 текст with العربية and हिन्दी 123',
    'English中文English日本語English', '🙂', '😀😃😄😁', '👍🏽 ok 👩‍👩‍👧‍👦 family 🏳️‍🌈 flag 🇫🇷🇯🇵', 'I ❤️ NY ☕ ☀️ ✨ ★ ☆', 'text😀without😀spaces',
    '∀x∈ℝ: ∃y>0 ∑ ∫ √ ∞ ≠ ≤ ≥ ± × ÷ → ⇒ ⟨a|b⟩', '♔♕♖ ♩♪♫ ⠓⠑⠇⠇⠕ ▁▂▃▄ ░▒▓█ ┌─┐', '© ® ™ § ¶ † ‡ • ‰ ′ ″ № ℃', '€ £ ¥ ₹ ₽ ₩ ₿ ¢',
    'zero\u200bwidth\u200cjoin\u200der\u2060word\ufeffbom', 'soft\u00adhyphen and no\u2011break', 'right\u200fto\u200eleft \u202eoverride\u202c',
    'control\x01char\x07act\x1bers\x7f and \x85 next', 'replacement \ufffd here \ufffd\ufffd', 'private \ue000\uf8ff use \U000f0000',
    'unassigned \u0378\u0380 and non-char \ufdd0', '𝓯𝓪𝓷𝓬𝔂 𝔱𝔢𝔵𝔱 𝟙𝟚𝟛', 'ᏣᎳᎩ ᐃᓄᒃᑎᑐᑦ ᚠᚢᚦ 𐍈𐌰 𓀀𓁐', 'Ὁ ἥλιος ᾠδὴν ἀκούει', 'ǅ Ⅻ ⓐ ㎏ ㍿ ﷺ', 'a\u0300\u0301\u0302\u0303 stacked',
    'Łódź Đorđe Ħal Ŧ Ø ø', 'K Å Ω (signs)', '．。、「」『』【】・〜！？', '؟،؛ ।॥ ၊။ ։',
]

WHO = ['the nurse', 'a tired pilot', 'my neighbour', 'the mayor', 'an old friend', 'the new teacher', 'a careful engineer', 'the youngest child',
       'a stranger on the train', 'the gardener', 'our captain', 'the translator']
DID = ['explained', 'forgot', 'carried', 'painted', 'repaired', 'questioned', 'shared', 'hid', 'measured', 'sold', 'returned', 'promised']
WHAT = ['the broken clock', 'a basket of lemons', 'the second half of the report', 'an honest answer', 'three wooden chairs', 'the password',
        'a map of the harbour', 'her savings', 'the recipe for plum cake', 'a letter without a stamp', 'the whole truth', 'two tickets to Lisbon']
WHY = ['because nobody else would', 'before the storm began', 'although the law forbade it', 'to help a family in need', 'without asking for money',
       'after reading the warning twice', 'while the others slept', 'so that everyone could vote', 'and later regretted it', 'in spite of the rain']


def sentence(rng):
    text = ' '.join([rng.choice(WHO), rng.choice(DID), rng.choice(WHAT), rng.choice(WHY)])
    return text[0].upper() + text[1:] + rng.choice('..!?;')


def make_texts():
    rng = random.Random(46)
    texts = SHORT + CODE + SCRIPTS
    texts += [sentence(rng) for _ in range(20)]
    texts += [' '.join(sentence(rng) for _ in range(n)) for n in (2, 2, 3, 3, 4, 5, 6, 8, 10, 13)]
    texts += [' '.join(sentence(rng) for _ in range(n)) for n in (17, 18, 19, 80)]  # about 256 tokens, and far more than 512
    texts += [' '.join(rng.choice(SCRIPTS) for _ in range(n)) for n in (3, 6, 12)]
    ranges = [(0x21, 0x7f), (0xa1, 0x250), (0x370, 0x530), (0x900, 0xe00), (0x2000, 0x2c00), (0x4e00, 0x9fff), (0x1f300, 0x1faff)]
    for i in range(200 - len(texts)):
        low, high = ranges[i % len(ranges)]
        texts.append(''.join(' ' if rng.random() < 0.2 else chr(rng.randrange(low, high)) for _ in range(rng.randrange(5, 40))))
    if len(texts) != 200 or any('\0' in text for text in texts):
        raise SystemExit(f'{len(texts)} texts')
    return texts


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('folder')
    parser.add_argument('out')
    args = parser.parse_args()
    torch.manual_seed(0)
    model = SentenceTransformer(args.folder, device='cpu')
    texts = make_texts()
    tokenizer = model.tokenizer
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    ids = [tokenizer.backend_tokenizer.encode(text).ids for text in texts]
    embeddings = np.concatenate([model.encode([text], normalize_embeddings=True) for text in texts])
    together = model.encode(texts, normalize_embeddings=True)
    print('tokens', sum(min(len(i), 256) for i in ids), 'longest', max(len(i) for i in ids), 'max_seq_length', model.max_seq_length,
          'batched and single differ by', float(np.abs(embeddings - together).max()))
    assert model.max_seq_length == 256 and embeddings.shape == (200, 384)
    halves = embeddings.astype('<f2').tobytes()
    with open(os.path.join(args.folder, 'model.safetensors'), 'rb') as file:
        checkpoint = hashlib.sha256(file.read()).hexdigest()
    result = {
        'generator': 'tests/golden/gen/minilm.py',
        'versions': {n: importlib.metadata.version(n) for n in ('sentence-transformers', 'transformers', 'tokenizers', 'torch', 'numpy')},
        'checkpoint_sha256': checkpoint,
        'embeddings_sha256': hashlib.sha256(halves).hexdigest(),
        'max_tokens': 256,
        'texts': [{'text': text, 'ids': one} for text, one in zip(texts, ids)],
    }
    with open(os.path.join(args.out, 'minilm.json'), 'w', encoding='utf-8') as file:
        json.dump(result, file, separators=(',', ':'), ensure_ascii=True)
        file.write('\n')
    with open(os.path.join(args.out, 'minilm.f16'), 'wb') as file:
        file.write(halves)


if __name__ == '__main__':
    main()
