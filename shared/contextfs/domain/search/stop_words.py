"""Words that say little in a query, by language: articles, pronouns, prepositions, question words, forms of "be".

What is a word of some weight in English is left out of the others ("war", "man", "per"): queries mix languages.
"""

from typing import Final

STOP_WORDS: Final = {
    "en": """
        a about an and any are as at be been but by can could did do does for from get had has have he her his
        how i if in into is it its just me my no not of on or our s she so some such t than that the their them
        then there these they this to us was we were what when where which who why will with would you your
    """,
    "ar": "من في على إلى عن ما ماذا متى أين كيف لماذا هل هو هي هذا هذه ذلك التي الذي أن إن كان و أو مع لا",
    "cs": """
        a aby ale ani co do i je jak jaké jaký jako jsem jsme jsou jste k kde kdo kdy který která které má na
        nad ne nebo o od po pod proč při s se si ta to tu u už v ve z ze za že byl byla bylo byly
    """,
    "da": """
        af at da de den der det din du eller en er et for fra han hun hvad hvem hvor hvordan hvorfor hvilke
        hvilken i ikke jeg med mig nu og om på sig som til ud ved vi vores være
    """,
    "de": """
        aber als am an auch auf aus bei bis da das dass dein dem den der des dich doch du durch ein eine
        einem einen einer eines er es euch für gegen haben habt hatte hatten hier ich ihr ihm ihn ihre im in ist
        ja kann kein keine können mein meine mich mir mit nach nicht noch nur oder ohne schon sein seine sich
        sie sind so über um und uns unser unsere unter vom von vor wann warum was wenn wer werden wie wieder
        wieso wir wird wo wurde wurden zu zum zur
    """,
    "el": """
        από για δεν εγώ είναι ένα ένας η και με μας μια μου να ο οι που ποια ποιο ποιος πού πότε πώς γιατί σας
        σε στη στην στο στον τα τη την της τι το του των ως ήταν
    """,
    "es": """
        a al ante como cómo cual cuál cuáles cuando cuándo cuanto de del desde donde dónde e el ella ellos
        en entre es esa ese eso esta está están este esto estos fue ha han hay la las le les lo los mi mis
        más muy nos nosotros nuestra nuestro o para pero por porque qué que quien quién se ser si sobre su
        sus también te tu un una uno unos y ya yo
    """,
    "fi": """
        ei en entä että he hän ja jos joka jotka kanssa kun kuka kuinka me mikä miksi milloin minä minkä missä
        mistä mitä mutta myös ne niin nyt oli olla on ovat se sen tai te tämä tässä vai
    """,
    "fr": """
        à au aux avec ce ces cet cette dans de des du elle elles en est et était étaient eu il ils je la
        le les leur leurs lui ma mais mes moi mon ne nos notre nous où ou par pas pourquoi quand que quel
        quelle quelles quels qui quoi sa sans se ses si sont sur ta te tes toi ton tu un une vos votre vous y
        été être
    """,
    "hu": """
        a az azt be egy el és ez ezt hogy hogyan hol ha is ki kik le meg mely mi miért mikor mit nem vagy
        volt
    """,
    "it": """
        a al alla alle anche che chi cosa cui da dai dal dalla dei del della delle di dove e è gli
        ha hanno ho i il in la le lo loro ma mi mia mio ne nei nel nella noi nostra nostro o perché più
        quale quali quando quanto quella quello questa questo se si sono su sua sul sulla suo te tu un una uno
        vi voi
    """,
    "nl": """
        aan als bij dan dat de deze dit een en er ze heeft hebben het hij hoe hun ik in is je kan maar
        mijn naar niet nog of om ons onze ook op te tot uit voor waar waarom wanneer wat we welk welke werd
        wie wij worden wordt ze zich zij zijn
    """,
    "no": """
        av at da de den der det din du eller en er et for fra han hun hva hvem hvor hvordan hvorfor hvilke
        hvilken i ikke jeg med meg nå og om oss på seg som til ut ved vi være
    """,
    "pl": """
        a ale być był była było były co czy dla do gdzie i ich ja jak jaka jaki jakie jako jest jestem już kiedy
        kto która które który lub ma mnie my na nad nasz nie o od po pod przez przy się są ta tak te tego to
        tu w we z za ze że dlaczego
    """,
    "pt": """
        à ao aos as até com como da das de dele dela do dos e é ela elas ele eles em entre essa esse esta
        está este eu foi há isso isto já lhe mais mas me meu minha na nas não nem no nos nossa nosso o onde
        ou para pela pelo por porque qual quais quando quanto que quem se sem ser seu sua são também te um uma
        você
    """,
    "ro": """
        a al ale am au că ce când cât cine cu cum da de din după e ea ei el este eu fost în la le lui
        mai mea meu noi nu o pe pentru prin sau se sunt și un una unde
    """,
    "ru": """
        а без бы был была были было быть в вам вас во вот все всё вы где да для до его ее её если есть еще же за
        и из или им их к как какая какие какой какую когда ко который которая которые кто ли мне мой моя мы на
        над нам нас наш наша не нет ни но ну о об он она они от по под почему при про с со свой так такой там то
        тот ты у уже что чтобы эта эти это этот я
    """,
    "sv": """
        av att de den det din du där efter eller en er ett för från han hon hur i icke inte jag kan med mig
        mot ni nu och om oss på sig som till ut vad varför vem vi vid vilka vilken är
    """,
    "tr": """
        ama bana ben bir biz bu da daha de değil diye gibi hangi için ile kim mi mı mu mü nasıl ne neden nerede
        niçin o olan sen şu ve veya ya
    """,
}  # fmt: skip
"""Of languages that are not here, a query keeps all words: how common one is counts in any case."""
