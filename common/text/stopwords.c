/*
 * stopwords.c - the commonest function words, for callers that want to weigh or skip them; the
 * index keeps all words.
 *
 * Lists are folded (as the keys of the forms dictionary are), sorted by bytes, and closed: a word
 * is added only when it says nothing about what an article is about. They change ranking, not the
 * format.
 */
#include "common/text/language_table.h"

/* clang-format off */
static const char *const en[] = {
    "a", "about", "above", "after", "again", "against", "all", "also", "am", "an", "and", "any",
    "are", "as", "at", "be", "because", "been", "before", "being", "below", "between", "both",
    "but", "by", "can", "cannot", "could", "d", "did", "do", "does", "doing", "don", "down",
    "during", "each", "few", "for", "from", "further", "had", "has", "have", "having", "he", "her",
    "here", "hers", "herself", "him", "himself", "his", "how", "i", "if", "in", "into", "is", "it",
    "its", "itself", "let", "ll", "m", "me", "might", "more", "most", "must", "my", "myself", "no",
    "nor", "not", "of", "off", "on", "once", "only", "or", "other", "ought", "our", "ours",
    "ourselves", "out", "over", "own", "re", "s", "same", "shall", "she", "should", "so", "some",
    "such", "t", "than", "that", "the", "their", "theirs", "them", "themselves", "then", "there",
    "these", "they", "this", "those", "through", "to", "too", "under", "until", "up", "ve", "very",
    "was", "we", "were", "what", "when", "where", "which", "while", "who", "whom", "why", "with",
    "would", "you", "your", "yours", "yourself", "yourselves",
};
static const char *const de[] = {
    "aber", "als", "am", "an", "auch", "auf", "aus", "bei", "beim", "bin", "bis", "bist", "da",
    "damit", "dann", "das", "dass", "dein", "deine", "dem", "den", "denn", "der", "des", "dich",
    "die", "dies", "diese", "diesem", "diesen", "dieser", "dieses", "dir", "doch", "dort", "du",
    "durch", "ein", "eine", "einem", "einen", "einer", "eines", "er", "es", "etwas", "euch", "fur",
    "gegen", "gewesen", "hab", "habe", "haben", "hat", "hatte", "hatten", "hier", "hin", "hinter",
    "ich", "ihm", "ihn", "ihnen", "ihr", "ihre", "ihrem", "ihren", "ihrer", "ihres", "im", "in",
    "indem", "ins", "ist", "ja", "jede", "jedem", "jeden", "jeder", "jedes", "jener", "jetzt",
    "kann", "kein", "keine", "keinem", "keinen", "keiner", "konnen", "konnte", "mal", "man", "mein",
    "meine", "meinem", "meinen", "meiner", "mich", "mir", "mit", "muss", "mussen", "nach", "nicht",
    "nichts", "noch", "nun", "nur", "ob", "oder", "ohne", "sehr", "sein", "seine", "seinem",
    "seinen", "seiner", "seines", "selbst", "sich", "sie", "sind", "so", "solche", "soll", "sollen",
    "sollte", "sondern", "sonst", "uber", "um", "und", "uns", "unser", "unsere", "unter", "viel",
    "vom", "von", "vor", "war", "waren", "warst", "was", "weg", "weil", "weiter", "welche",
    "welchem", "welchen", "welcher", "wenn", "wer", "werde", "werden", "wie", "wieder", "will",
    "wir", "wird", "wirst", "wo", "wollen", "worden", "wurde", "wurden", "zu", "zum", "zur", "zwar",
    "zwischen",
};
static const char *const fr[] = {
    "a", "ai", "aie", "ainsi", "as", "au", "aux", "avaient", "avait", "avant", "avec", "avez",
    "avoir", "avons", "c", "car", "ce", "cela", "celle", "celles", "celui", "ces", "cet", "cette",
    "ceux", "ci", "comme", "d", "dans", "de", "des", "donc", "dont", "du", "elle", "elles", "en",
    "encore", "entre", "es", "est", "et", "etaient", "etait", "ete", "etre", "eu", "eux", "fait",
    "fut", "il", "ils", "j", "je", "l", "la", "le", "les", "leur", "leurs", "lui", "m", "ma",
    "mais", "me", "meme", "mes", "moi", "mon", "n", "ne", "ni", "nos", "notre", "nous", "on", "ont",
    "ou", "par", "pas", "plus", "pour", "qu", "quand", "que", "quel", "quelle", "quelles", "quels",
    "qui", "s", "sa", "sans", "se", "sera", "ses", "si", "soit", "son", "sont", "sous", "sur", "t",
    "ta", "te", "tes", "toi", "ton", "tous", "tout", "toute", "toutes", "tres", "tu", "un", "une",
    "vos", "votre", "vous", "y",
};
static const char *const es[] = {
    "a", "al", "algo", "algunas", "algunos", "ante", "antes", "aquel", "aquella", "aunque", "cada",
    "como", "con", "contra", "cual", "cuando", "de", "del", "desde", "donde", "durante", "e", "el",
    "ella", "ellas", "ellos", "en", "entre", "era", "eran", "es", "esa", "esas", "ese", "eso",
    "esos", "esta", "estan", "estas", "este", "esto", "estos", "fue", "fueron", "ha", "habia",
    "habian", "hace", "han", "hasta", "hay", "la", "las", "le", "les", "lo", "los", "mas", "me",
    "mi", "mis", "mucho", "muy", "nada", "ni", "no", "nos", "nosotros", "nuestra", "nuestro", "o",
    "os", "otra", "otras", "otro", "otros", "para", "pero", "poco", "por", "porque", "que", "quien",
    "quienes", "se", "sea", "segun", "ser", "si", "sido", "sin", "sobre", "son", "su", "sus",
    "tambien", "tan", "tanto", "te", "tenia", "tiene", "tienen", "toda", "todas", "todo", "todos",
    "tras", "tu", "tus", "u", "un", "una", "unas", "uno", "unos", "usted", "y", "ya", "yo",
};
static const char *const it[] = {
    "a", "ad", "agli", "ai", "al", "alla", "alle", "allo", "anche", "avere", "aveva", "avevano",
    "c", "che", "chi", "ci", "come", "con", "contro", "cui", "d", "da", "dagli", "dai", "dal",
    "dalla", "dalle", "dallo", "degli", "dei", "del", "della", "delle", "dello", "di", "dopo",
    "dove", "e", "ed", "egli", "era", "erano", "essere", "fra", "fu", "gli", "ha", "hai", "hanno",
    "ho", "i", "il", "in", "io", "l", "la", "le", "lei", "li", "lo", "loro", "lui", "ma", "me",
    "mentre", "mi", "mia", "mio", "molto", "ne", "negli", "nei", "nel", "nella", "nelle", "nello",
    "no", "noi", "non", "nostra", "nostro", "o", "ogni", "oppure", "per", "perche", "pero", "piu",
    "poi", "prima", "qua", "quale", "quali", "quando", "quanto", "quella", "quelle", "quelli",
    "quello", "questa", "queste", "questi", "questo", "qui", "se", "sei", "senza", "si", "sia",
    "siamo", "sono", "sta", "stata", "stati", "stato", "su", "sua", "sue", "sugli", "sui", "sul",
    "sulla", "sulle", "suo", "suoi", "tra", "tu", "tutta", "tutte", "tutti", "tutto", "un", "una",
    "uno", "vi", "voi",
};
static const char *const pt[] = {
    "a", "ao", "aos", "aquela", "aquelas", "aquele", "aqueles", "aquilo", "as", "ate", "com",
    "como", "da", "das", "de", "dela", "delas", "dele", "deles", "depois", "do", "dos", "e", "ela",
    "elas", "ele", "eles", "em", "entre", "era", "eram", "essa", "essas", "esse", "esses", "esta",
    "estas", "estava", "este", "estes", "eu", "foi", "foram", "ha", "isso", "isto", "ja", "lhe",
    "lhes", "mais", "mas", "me", "mesmo", "meu", "meus", "minha", "muito", "na", "nao", "nas",
    "nem", "no", "nos", "nossa", "nosso", "num", "numa", "o", "os", "ou", "para", "pela", "pelas",
    "pelo", "pelos", "por", "porque", "qual", "quando", "que", "quem", "sao", "se", "sem", "ser",
    "sera", "seu", "seus", "so", "sobre", "sua", "suas", "tambem", "te", "tem", "tinha", "tu",
    "tudo", "um", "uma", "umas", "uns", "voce", "voces",
};
static const char *const nl[] = {
    "aan", "af", "al", "alle", "als", "altijd", "andere", "bij", "daar", "dan", "dat", "de", "der",
    "deze", "die", "dit", "doch", "doen", "door", "dus", "een", "en", "er", "ge", "geen", "geweest",
    "had", "hadden", "heb", "hebben", "heeft", "hem", "het", "hier", "hij", "hoe", "hun", "iemand",
    "iets", "ik", "in", "is", "ja", "je", "kan", "kon", "kunnen", "maar", "me", "meer", "men",
    "met", "mij", "mijn", "moet", "na", "naar", "niet", "niets", "nog", "nu", "of", "om", "omdat",
    "onder", "ons", "ook", "op", "over", "reeds", "te", "tegen", "toch", "toen", "tot", "u", "uit",
    "uw", "van", "veel", "voor", "want", "waren", "was", "wat", "we", "wel", "werd", "werden",
    "wezen", "wie", "wij", "wil", "worden", "wordt", "zal", "ze", "zelf", "zich", "zij", "zijn",
    "zo", "zonder", "zou", "zouden",
};
static const char *const sv[] = {
    "all", "alla", "allt", "an", "ar", "at", "att", "av", "blev", "bli", "blir", "da", "dar", "de",
    "dem", "den", "denna", "deras", "dess", "dessa", "det", "detta", "dig", "din", "du", "efter",
    "ej", "eller", "en", "er", "ett", "for", "fran", "gora", "ha", "hade", "han", "hans", "har",
    "hela", "henne", "hennes", "hon", "honom", "hur", "i", "icke", "ifran", "in", "inom", "inte",
    "jag", "ju", "kan", "kunde", "man", "med", "mellan", "men", "mig", "min", "mot", "mycket",
    "nagon", "nagot", "nagra", "nar", "ni", "nu", "och", "om", "oss", "over", "pa", "sa", "sadan",
    "samma", "sedan", "sig", "sin", "sina", "sitt", "ska", "skall", "skulle", "som", "till",
    "under", "upp", "ut", "utan", "vad", "var", "vara", "varfor", "varit", "varje", "vem", "vi",
    "vid", "vilken",
};
static const char *const da[] = {
    "ad", "af", "alle", "alt", "anden", "at", "blev", "blive", "bliver", "da", "de", "dem", "den",
    "denne", "der", "deres", "det", "dette", "dig", "din", "dog", "du", "efter", "eller", "en",
    "end", "er", "et", "for", "fra", "ham", "han", "hans", "har", "havde", "have", "hende",
    "hendes", "her", "hos", "hun", "hvad", "hvis", "hvor", "hvordan", "hvorfor", "i", "ikke", "ind",
    "jeg", "jer", "jo", "kan", "kom", "kun", "kunne", "ma", "man", "mange", "med", "meget", "men",
    "mig", "min", "mod", "mon", "nar", "ned", "nogen", "noget", "nogle", "nu", "og", "ogsa", "om",
    "op", "os", "over", "pa", "sa", "sadan", "sammen", "selv", "sig", "sin", "sine", "skal",
    "skulle", "som", "til", "ud", "under", "vaere", "vaeret", "var", "ved", "vi", "vil", "ville",
    "vor",
};
static const char *const no[] = {
    "a", "alle", "andre", "at", "av", "bade", "ble", "bli", "blir", "blitt", "da", "de", "deg",
    "den", "denne", "der", "deres", "det", "dette", "disse", "du", "eg", "eit", "eller", "en",
    "enn", "er", "et", "etter", "for", "fordi", "fra", "ha", "hadde", "han", "hans", "har", "henne",
    "hennes", "her", "hun", "hva", "hvem", "hver", "hvilken", "hvis", "hvor", "hvordan", "hvorfor",
    "i", "ikke", "ikkje", "inn", "jeg", "kan", "kom", "kunne", "ma", "man", "mange", "med", "meg",
    "mellom", "men", "mer", "mot", "mye", "na", "nar", "nei", "noe", "noen", "og", "ogsa", "om",
    "opp", "oss", "over", "pa", "sa", "samme", "seg", "selv", "si", "sin", "sine", "sitt", "skal",
    "skulle", "slik", "som", "til", "ut", "uten", "vaere", "vaert", "var", "ved", "vi", "vil",
    "ville",
};
static const char *const fi[] = {
    "ei", "eika", "eivat", "emme", "en", "et", "etta", "ettei", "han", "hanen", "he", "ja", "jo",
    "joka", "jos", "jossa", "jota", "jotka", "kanssa", "koska", "kuin", "kuitenkin", "kuka", "kun",
    "kuten", "me", "mina", "missa", "mita", "mukaan", "mutta", "myos", "nain", "ne", "niiden",
    "niin", "noin", "nyt", "ole", "olen", "oli", "olisi", "olivat", "olla", "olleet", "ollut", "on",
    "ovat", "se", "seka", "sen", "siina", "siis", "silti", "sina", "sita", "sitten", "tai", "tama",
    "taman", "tassa", "tata", "te", "vaan", "vai", "vain", "viela", "voi",
};
static const char *const ru[] = {
    "а", "без", "более", "больше", "будет", "будто", "бы", "был", "была", "были", "было", "быть",
    "в", "вам", "вас", "вдруг", "ведь", "во", "вот", "впрочем", "все", "всегда", "всего", "всех",
    "вы", "где", "да", "даже", "для", "до", "его", "ее", "если", "есть", "еще", "ж", "же", "за",
    "здесь", "и", "из", "или", "им", "их", "к", "как", "какая", "какой", "когда", "кто", "ли",
    "между", "меня", "мне", "может", "мы", "на", "над", "надо", "наконец", "нас", "не", "него",
    "нее", "ней", "нельзя", "нет", "ни", "нибудь", "никогда", "ним", "них", "ничего", "но", "ну",
    "о", "об", "один", "он", "она", "они", "опять", "от", "перед", "по", "под", "после", "потом",
    "потому", "почти", "при", "про", "раз", "с", "сам", "свою", "себе", "себя", "сейчас", "со",
    "совсем", "так", "такой", "там", "тебя", "тем", "теперь", "то", "тогда", "того", "тоже",
    "только", "том", "тот", "ты", "у", "уж", "уже", "хоть", "чего", "чей", "чем", "через", "что",
    "чтобы", "чуть", "эти", "это", "этого", "этой", "этом", "этот", "эту", "я",
};

#define LIST(words) {(words), sizeof(words) / sizeof *(words)}
static const struct {
    const char *const *words;
    size_t count;
} lists[DTL_LANGS] = {
    [DTL_LANG_EN] = LIST(en),
    [DTL_LANG_DE] = LIST(de),
    [DTL_LANG_FR] = LIST(fr),
    [DTL_LANG_ES] = LIST(es),
    [DTL_LANG_IT] = LIST(it),
    [DTL_LANG_PT] = LIST(pt),
    [DTL_LANG_NL] = LIST(nl),
    [DTL_LANG_SV] = LIST(sv),
    [DTL_LANG_DA] = LIST(da),
    [DTL_LANG_NO] = LIST(no),
    [DTL_LANG_FI] = LIST(fi),
    [DTL_LANG_RU] = LIST(ru),
};
/* clang-format on */

const char *const *dtl_stopwords(dtl_lang lang, size_t *count)
{
    *count = lang < DTL_LANGS ? lists[lang].count : 0;
    return *count ? lists[lang].words : NULL;
}

bool dtl_is_stopword(struct dtl_bytes word, dtl_lang lang)
{
    if (lang >= DTL_LANGS)
        return false;
    size_t low = 0, high = lists[lang].count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = dtl_bytes_compare(dtl_bytes_of(lists[lang].words[mid]), word);
        if (order == 0)
            return true;
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}
