/* Words and characters of titles.  Chinese is not split into words, so it is
 * matched as parts of the text, with the usual longer words left out. */
#include "common/rules/prose.h"

#include "common/base/assert.h"
#include "common/base/utf8.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

static bool is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

/* The next run of ASCII letters; false at the end. */
static bool next_word(struct okr_slice *rest, struct okr_slice *ret_word)
{
    size_t from = 0, to;
    while (from < rest->len && !is_letter(rest->data[from]))
        from++;
    for (to = from; to < rest->len && is_letter(rest->data[to]); to++)
        continue;
    *ret_word = okr_slice_sub(*rest, from, to - from);
    *rest = okr_slice_sub(*rest, to, rest->len);
    return ret_word->len > 0;
}

static bool is_word(struct okr_slice word, const char *known)
{
    size_t i = 0;
    while (i < word.len && known[i] != '\0' &&
           lower(word.data[i]) == (uint8_t)known[i])
        i++;
    return i == word.len && known[i] == '\0';
}

static bool is_one_of(struct okr_slice word, const char *const *known, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_word(word, known[i]))
            return true;
    return false;
}

static bool starts_with(struct okr_slice text, const char *start)
{
    return okr_slice_starts(text, okr_slice_str(start));
}

static bool contains(struct okr_slice text, const char *part)
{
    for (size_t i = 0; i < text.len; i++)
        if (starts_with(okr_slice_sub(text, i, text.len), part))
            return true;
    return false;
}

static bool contains_any(struct okr_slice text, const char *const *parts,
                         size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (contains(text, parts[i]))
            return true;
    return false;
}

bool okr_prose_has_number_word(struct okr_slice text)
{
    static const char *const words[] = {
        "two",     "three",     "four",     "five",      "six",      "seven",
        "eight",   "nine",      "ten",      "eleven",    "twelve",   "dozen",
        "hundred", "hundreds",  "thousand", "thousands", "million",  "millions",
        "billion", "double",    "twice",    "triple",    "half",     "halve",
        "zero",    "january",   "february", "april",     "june",     "july",
        "august",  "september", "october",  "november",  "december", "eoy",
        "eoq",
    };
    static const char *const parts[] = {
        "年底", "月底", "季末",   "季度末", "年末",   "月末", "年内",
        "年中", "翻倍", "翻番",   "减半",   "一半",   "双倍", "清零",
        "为零", "归零", "零事故", "零投诉", "零缺陷",
    };
    struct okr_slice rest = text, word;
    while (next_word(&rest, &word)) {
        if (is_one_of(word, words, LENGTH(words)))
            return true;
        bool period = is_word(word, "q") || is_word(word, "h");
        if (period && rest.len > 0 && rest.data[0] >= '1' &&
            rest.data[0] <= '4')
            return true; /* Q3, H1 */
    }
    return contains_any(text, parts, LENGTH(parts));
}

bool okr_prose_begins_with_doing(struct okr_slice text)
{
    static const char *const words[] = {
        "analyse",   "analyze",  "arrange",   "assist",      "attend",
        "build",     "complete", "conduct",   "continue",    "create",
        "define",    "deliver",  "deploy",    "design",      "develop",
        "discuss",   "do",       "document",  "draft",       "draw",
        "establish", "evaluate", "execute",   "explore",     "finalise",
        "finalize",  "finish",   "gather",    "help",        "hold",
        "implement", "install",  "introduce", "investigate", "launch",
        "learn",     "make",     "meet",      "migrate",     "organise",
        "organize",  "plan",     "prepare",   "produce",     "provide",
        "publish",   "refactor", "release",   "research",    "review",
        "rewrite",   "roll",     "run",       "set",         "setup",
        "ship",      "start",    "study",     "support",     "train",
        "update",    "work",     "write",
    };
    static const char *const starts[] = {
        "完成", "开展", "组织", "建立", "搭建", "制定", "编写", "撰写", "推进",
        "实施", "召开", "举办", "启动", "准备", "设计", "开发", "上线", "梳理",
        "调研", "培训", "协助", "参加", "落实", "进行", "做",   "写",   "跟进",
        "建设", "部署", "整理", "安排", "研究", "起草", "编制", "筹备", "收集",
        "学习", "支持", "配合", "推动", "发布", "构建",
    };
    struct okr_slice rest = text, word;
    while (text.len > 0 && text.data[0] < 0x80 && !is_letter(text.data[0]))
        text = okr_slice_sub(text, 1, text.len);
    for (size_t i = 0; i < LENGTH(starts); i++)
        if (starts_with(text, starts[i]))
            return true;
    if (text.len == 0 || !is_letter(text.data[0]))
        return false;
    rest = text;
    return next_word(&rest, &word) && is_one_of(word, words, LENGTH(words));
}

/* "and" between two things, but for "between 4 and 5". */
static bool has_english_and(struct okr_slice text)
{
    struct okr_slice rest = text, word;
    bool between = false;
    while (next_word(&rest, &word)) {
        if (is_word(word, "between")) {
            between = true;
        } else if (is_word(word, "and")) {
            if (!between)
                return true;
            between = false;
        }
    }
    return contains(text, " & ") || contains(text, " as well as ");
}

/* One character that joins, and the words in which it does not. */
struct joint {
    const char *mark;
    const char *parts_of[16];
};

static const struct joint joints[] = {
    {"和",
     {"和谐", "和平", "和解", "和睦", "和气", "和约", "总和", "饱和", "共和",
      "温和", "柔和", "缓和", "调和", "中和", "亲和"}},
    {"与", {"参与", "赠与", "授与", "给与", "与会", "与否", "与时俱进"}},
    {"及",
     {"及时", "及格", "普及", "涉及", "提及", "危及", "顾及", "触及", "波及",
      "惠及", "遍及", "不及", "得及", "以及时"}},
    {"并",
     {"合并", "并购", "并发", "并行", "并列", "一并", "并网", "并入", "并非",
      "并不", "并轨", "吞并", "兼并", "并存"}},
    {"同时", {"同时在线"}},
    {"而且", {NULL}},
};

/* Is the mark at `at` inside one of the words? */
static bool is_inside(struct okr_slice text, size_t at,
                      const struct joint *joint)
{
    for (size_t i = 0; i < LENGTH(joint->parts_of); i++) {
        const char *word = joint->parts_of[i];
        if (word == NULL)
            return false;
        for (size_t back = 0; back <= at && back < 12; back++) {
            struct okr_slice from = okr_slice_sub(text, at - back, text.len);
            if (starts_with(from, word) && back < okr_slice_str(word).len)
                return true;
        }
    }
    return false;
}

/* At the beginning it joins nothing; before 之间 it names the ends of one
 * range. */
static bool has_chinese_and(struct okr_slice text, const struct joint *joint)
{
    for (size_t at = 1; at < text.len; at++) {
        struct okr_slice rest = okr_slice_sub(text, at, text.len);
        if (starts_with(rest, joint->mark) && !is_inside(text, at, joint) &&
            !contains(rest, "之间"))
            return true;
    }
    return false;
}

bool okr_prose_has_and(struct okr_slice text)
{
    if (has_english_and(text) || contains(text, "；") || contains(text, "; "))
        return true;
    for (size_t i = 0; i < LENGTH(joints); i++)
        if (has_chinese_and(text, &joints[i]))
            return true;
    return false;
}

/* ---- the same text ------------------------------------------------------ */

static bool counts(uint32_t c)
{
    if (c < 0x80)
        return is_letter(c) || (c >= '0' && c <= '9');
    bool punctuation = (c >= 0x2000 && c <= 0x206f) || c == 0xa0 || c == 0xb7 ||
                       (c >= 0x3000 && c <= 0x303f) ||
                       (c >= 0xff01 && c <= 0xff0f) ||
                       (c >= 0xff1a && c <= 0xff20);
    return !punctuation;
}

/* The next character that counts, folded; 0 at the end. */
static uint32_t next_counting(struct okr_slice *rest)
{
    while (rest->len > 0) {
        uint32_t c = okr_utf8_next(rest);
        if (!counts(c))
            continue;
        if (c >= 0xff01 && c <= 0xff5e)
            c -= 0xfee0; /* full width */
        return c < 0x80 ? lower((uint8_t)c) : c;
    }
    return 0;
}

bool okr_prose_same(struct okr_slice a, struct okr_slice b)
{
    for (size_t n = 0;; n++) {
        uint32_t left = next_counting(&a), right = next_counting(&b);
        if (left != right)
            return false;
        if (left == 0)
            return n > 0;
    }
}
