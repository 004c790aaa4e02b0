"""Parts of tokenizer.json as Hugging Face's Rust library runs them, on texts that are hard for Unicode.

    pip install tokenizers==0.23.3 && python tools/goldens/tokenizers.py

Each case is a tokenizer.json with texts; for each text (and pair) ids, offsets in code points, words and types, and
what decoding the ids gives.
"""
import json
import pathlib
import sys

sys.path.pop(0)  # this file has the library's name
from tokenizers import Tokenizer  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = ROOT / "packages/text/src/tokenizers/fixtures/rust-tokenizers.json"

TEXTS = [
    "", " ", "Hello, world!", "don't  stop", "  two  spaces ", "tab\tnew\nline\r\n", "Ünïcödé café CAFE\u0301",
    "ΣΊΣΥΦΟΣ Straße İstanbul ǅ", "漢字とカナ 한국어 \u1112\u1161\u11ab", "emoji 😀👨‍👩‍👧 end", "ﬁ ½ ² Ⅷ ٣ x₂",
    "a\u0000b\ufffdc\u200bd\u00ade\ufeff", "\u00a0nbsp\u3000wide\u2028line\u0085next", "a-b_c.d/e\\f $1,234.50 50%",
    "…—“quoted”‘s’", "1234567 12ab34", "नमस्ते दुनिया", "e\u0323\u0307x \u212b \u1e9b\u0323", "'s 'S I'll WE'RE",
]
LETTERS = sorted({c for text in TEXTS for c in text} | set("abcdefghijklmnopqrstuvwxyz "))


def letters(**extra):
    """BPE whose tokens are characters: shows exactly what reaches the model."""
    vocab = {"?": 0}
    for letter in LETTERS:
        vocab.setdefault(letter, len(vocab))
    return {"type": "BPE", "unk_token": "?", "vocab": vocab, "merges": [], **extra}


def case(name, texts=TEXTS, pairs=(), **parts):
    whole = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
        "pre_tokenizer": None, "post_processor": None, "decoder": None, "model": letters(), **parts,
    }
    tokenizer = Tokenizer.from_str(json.dumps(whole))
    results = []
    for text in [*texts, *pairs]:
        encoding = tokenizer.encode(*text) if isinstance(text, tuple) else tokenizer.encode(text)
        results.append({
            "text": text, "ids": encoding.ids, "words": [-1 if w is None else w for w in encoding.word_ids],
            "offsets": [n for pair in encoding.offsets for n in pair], "types": encoding.type_ids,
            "decoded": tokenizer.decode(encoding.ids),
        })
    return {"name": name, "json": whole, "results": results}


def added(content, id, **flags):
    return {"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
            "normalized": False, "special": False, **flags}


def cases():
    bert = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None,
            "lowercase": True}
    yield case("BertNormalizer", normalizer=bert)
    yield case("BertNormalizer cased", normalizer={**bert, "lowercase": False})
    for kind in ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents"]:
        yield case(kind, normalizer={"type": kind})
    yield case("Strip", normalizer={"type": "Strip", "strip_left": True, "strip_right": True})
    yield case("Replace and Prepend", normalizer={"type": "Sequence", "normalizers": [
        {"type": "Prepend", "prepend": "_"}, {"type": "Replace", "pattern": {"String": " "}, "content": "_"},
        {"type": "Replace", "pattern": {"Regex": "[0-9]+"}, "content": "n"}]})
    for kind in ["BertPreTokenizer", "Whitespace", "WhitespaceSplit"]:
        yield case(kind, pre_tokenizer={"type": kind})
    for behavior in ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]:
        yield case(f"Punctuation {behavior}", pre_tokenizer={"type": "Punctuation", "behavior": behavior})
        yield case(f"Split {behavior}", pre_tokenizer={
            "type": "Split", "pattern": {"Regex": "\\s|\\d{1,2}"}, "behavior": behavior, "invert": behavior == "Removed"})
    for individual in [True, False]:
        yield case(f"Digits {individual}", pre_tokenizer={"type": "Digits", "individual_digits": individual})
    for scheme in ["always", "first", "never"]:
        space = {"type": "Metaspace", "replacement": "_", "prepend_scheme": scheme, "split": True}
        yield case(f"Metaspace {scheme}", pre_tokenizer=space, decoder=space)
    llama3 = ("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
              "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+")
    yield case("Split of Llama 3", pre_tokenizer={
        "type": "Split", "pattern": {"Regex": llama3}, "behavior": "Isolated", "invert": False})

    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    signs = [*range(33, 127), *range(161, 173), *range(174, 256)]
    alphabet = [chr(b) for b in signs] + [chr(256 + i) for i in range(256 - len(signs))]
    bytes_vocab = {sign: i for i, sign in enumerate(alphabet)}
    for merged in ["he", "ll", "hell", "hello", "Ġw", "ĠĠ", "Ã©", "or", "st", "aa", "xx", "xxxx"]:
        bytes_vocab[merged] = len(bytes_vocab)
    merges = ["h e", "l l", "he ll", "hell o", "Ġ w", "Ġ Ġ", "Ã ©", "o r", "s t", "x x", "xx xx"]
    model = {"type": "BPE", "vocab": bytes_vocab, "merges": merges}
    yield case("ByteLevel", pre_tokenizer=byte_level, decoder=byte_level, model=model)
    yield case("ByteLevel with space, trimmed", pre_tokenizer={**byte_level, "add_prefix_space": True},
               decoder=byte_level, post_processor={**byte_level, "add_prefix_space": True}, model=model)
    yield case("Roberta", pre_tokenizer=byte_level, decoder=byte_level, model=model, pairs=[("hello you", " and me")],
               added_tokens=[added("<s>", 300, special=True), added("</s>", 301, special=True)],
               post_processor={"type": "RobertaProcessing", "sep": ["</s>", 301], "cls": ["<s>", 300],
                               "trim_offsets": True, "add_prefix_space": False})

    hexes = {f"<0x{b:02X}>": 1 + b for b in range(256)}
    fallback = {"type": "BPE", "unk_token": "?", "fuse_unk": True, "byte_fallback": True,
                "vocab": {"?": 0, **hexes, "a": 300, "e": 301, "▁": 302, "ae": 303, "▁a": 304}, "merges": ["▁ a"]}
    llama = {"type": "Sequence", "decoders": [
        {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
        {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
    llama_normal = {"type": "Sequence", "normalizers": [
        {"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}
    yield case("byte_fallback", texts=[*TEXTS[:12], "a ae é a"], model=fallback, normalizer=llama_normal, decoder=llama)
    yield case("ignore_merges and fuse_unk", texts=["ab", "abc", "xyab", "zz"], model={
        "type": "BPE", "unk_token": "?", "fuse_unk": True, "ignore_merges": True,
        "vocab": {"?": 0, "a": 1, "b": 2, "abc": 3, "c": 4, "ab": 5}, "merges": [["a", "b"]]})
    yield case("end of word", texts=["low lower lowest", "wol"], pre_tokenizer={"type": "WhitespaceSplit"},
               decoder={"type": "BPEDecoder", "suffix": "</w>"}, model={
        "type": "BPE", "unk_token": "?", "end_of_word_suffix": "</w>",
        "vocab": {t: i for i, t in enumerate("? l o w e r w</w> r</w> s t</w> lo low</w> low er</w>".split())},
        "merges": ["l o", "lo w</w>", "lo w", "e r</w>"]})

    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hello", "##lo", "hel", ",", "!", "world", "wor", "##ld", "don",
              "'", "t", "stop", "two", "spaces", "cafe", "un", "##ico", "##de", "漢", "字", "a", "##b", "x", "##x"]
    word_piece = {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {t: i for i, t in enumerate(pieces)}}
    specials = [added(token, i, special=True) for i, token in enumerate(pieces[:5])]
    template = {"type": "TemplateProcessing", "single": [
        {"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
        {"SpecialToken": {"id": "[SEP]", "type_id": 0}}], "pair": [
        {"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
        {"SpecialToken": {"id": "[SEP]", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}},
        {"SpecialToken": {"id": "[SEP]", "type_id": 1}}], "special_tokens": {
        t: {"id": t, "ids": [i], "tokens": [t]} for t, i in [("[CLS]", 2), ("[SEP]", 3)]}}
    parts = {"normalizer": bert, "pre_tokenizer": {"type": "BertPreTokenizer"}, "model": word_piece,
             "added_tokens": specials, "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True}}
    pairs = [("hello world", "don't stop"), ("", "two"), ("a [MASK] b", "x" * 101)]
    yield case("BERT", post_processor=template, pairs=pairs, **parts)
    yield case("BertProcessing", pairs=pairs, **parts, post_processor={
        "type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]})
    for direction in ["Left", "Right"]:
        for maximum in [3, 4, 5, 6, 7, 8]:
            yield case(f"truncation {direction} {maximum}", texts=["hello world, don't stop"], **parts,
                       pairs=[("hello world don", "two"), ("two", "hello world don"), ("two two two", "x ! x")],
                       post_processor=template, truncation={
                           "direction": direction, "max_length": maximum, "strategy": "LongestFirst", "stride": 0})
        yield case(f"padding {direction}", texts=["hello", "hello world!"], **parts, padding={
            "strategy": {"Fixed": 5}, "direction": direction, "pad_to_multiple_of": 4, "pad_id": 0, "pad_type_id": 1,
            "pad_token": "[PAD]"})
    new = len(letters()["vocab"])
    yield case("added tokens", texts=["a<m>b <m> c", "a <l> b", "a <r> b", "xword word words _word word", "KEEP keep Keep",
                                      "<m><l> <r><m>", "<ml> <m>"],
               normalizer={"type": "Lowercase"}, added_tokens=[
        added("<m>", new), added("<l>", new + 1, lstrip=True), added("<r>", new + 2, rstrip=True),
        added("word", new + 3, single_word=True), added("keep", new + 4, normalized=True), added("<ml>", new + 5)])
    yield case("Unigram", texts=["abab", "abcab", "xyz", "cabxab", "aab"], model={
        "type": "Unigram", "unk_id": 0, "byte_fallback": False,
        "vocab": [["<unk>", 0.0], ["a", -2.0], ["b", -2.5], ["ab", -3.0], ["c", -3.0], ["aba", -3.5], ["cab", -5.0]]})
    yield case("WordLevel", texts=["yes no maybe"], pre_tokenizer={"type": "Whitespace"}, model={
        "type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "yes": 1, "no": 2}})


if __name__ == "__main__":
    rows = [json.dumps(row, ensure_ascii=True, separators=(",", ":")) for row in cases()]
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text("[\n" + ",\n".join(rows) + "\n]\n")
