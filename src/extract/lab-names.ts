/** A lab with the names that its models give themselves, in the scripts in which they are commonly written. */
export interface LabNames {
  /** How labels and configurations call the lab; lower case. */
  readonly labels: readonly string[];
  /** The lab's names as an answer may write them. */
  readonly makers: readonly string[];
  /** Its models' names; the Latin ones, read in a model id, also tell whose model it is. */
  readonly models: readonly string[];
}

const entry = (labels: string, makers: string, models: string): LabNames => ({
  labels: labels.split("|"),
  makers: makers.split("|"),
  models: models.split("|"),
});

/** Well-known labs and their models. A lab that is not listed goes by its own label; see `referenceNames`. */
export const knownLabs: readonly LabNames[] = [
  entry(
    "openai|open ai",
    "OpenAI|Open AI|オープンAI|오픈AI|ओपनएआई|أوبن إيه آي|أوبن أي آي",
    "ChatGPT|Chat GPT|GPT|davinci|チャットGPT|챗GPT|चैटजीपीटी|ЧатГПТ|شات جي بي تي",
  ),
  entry(
    "anthropic",
    "Anthropic|アンソロピック|앤트로픽|앤스로픽|एंथ्रोपिक|أنثروبيك|Антропик",
    "Claude|クロード|클로드|क्लाउड|كلود|Клод|克劳德",
  ),
  entry(
    "google|deepmind|google deepmind",
    "Google|DeepMind|グーグル|구글|谷歌|गूगल|جوجل|غوغل|Гугл|Google DeepMind",
    "Gemini|Bard|Gemma|PaLM|LaMDA|ジェミニ|제미나이|제미니|双子座|जेमिनी|جيميني",
  ),
  entry(
    "meta|facebook|meta-llama|meta ai",
    "Meta|Meta AI|Facebook|メタ|메타|脸书|ميتا",
    "Llama|LLaMA|ラマ|라마|لاما",
  ),
  entry(
    "mistral|mistralai|mistral ai",
    "Mistral AI|Mistral|ミストラル|미스트랄|ميسترال|Мистраль",
    "Mixtral|Le Chat|Ministral|Codestral|Magistral",
  ),
  entry(
    "alibaba|qwen|alibaba cloud",
    "Alibaba|Alibaba Cloud|阿里|阿里云|阿里巴巴|アリババ|알리바바|علي بابا|Алибаба",
    "Qwen|QwQ|Tongyi|通义|通义千问|千问|通義千問",
  ),
  entry(
    "deepseek|deepseek-ai",
    "DeepSeek|深度求索|ディープシーク|딥시크|ديب سيك|Дипсик",
    "DeepSeek|Deep Seek",
  ),
  entry("xai|x.ai|x-ai", "xAI|x.AI", "Grok|グロック|그록|غروك|Грок"),
  entry("cohere|cohereforai|cohere for ai", "Cohere|コヒア|코히어", "Command R|Command-R|Aya|Coral"),
  entry(
    "moonshot|moonshotai|moonshot ai|kimi",
    "Moonshot AI|Moonshot|月之暗面|ムーンショット|문샷",
    "Kimi|キミ|키미",
  ),
  entry("minimax", "MiniMax|稀宇科技|名之梦", "MiniMax|abab|海螺"),
  entry(
    "zhipu|zhipuai|thudm|z.ai|zai|zai-org|glm",
    "Zhipu|Zhipu AI|Z.ai|智谱|智譜|智谱清言|清华大学",
    "GLM|ChatGLM|清言",
  ),
  entry("baidu", "Baidu|百度|バイドゥ|바이두", "ERNIE|Ernie Bot|文心|文心一言"),
  entry(
    "microsoft",
    "Microsoft|マイクロソフト|마이크로소프트|微软|微軟|مايكروسوفت|Майкрософт",
    "Copilot|Bing|Phi|WizardLM|コパイロット|코파일럿",
  ),
  entry("amazon|aws", "Amazon|AWS|アマゾン|아마존|亚马逊|أمازون", "Nova|Titan|Alexa"),
  entry("apple", "Apple|苹果|アップル|애플", "Siri|OpenELM"),
  entry("nvidia", "NVIDIA|英伟达|エヌビディア|엔비디아", "Nemotron"),
  entry("ibm", "IBM", "Granite|Watson"),
  entry("bytedance|doubao", "ByteDance|字节跳动|字節跳動|バイトダンス", "Doubao|豆包|Seed"),
  entry("tencent", "Tencent|腾讯|騰訊|テンセント|텐센트", "Hunyuan|混元|元宝"),
  entry("iflytek", "iFLYTEK|科大讯飞|讯飞", "SparkDesk|星火|讯飞星火"),
  entry("baichuan", "Baichuan|百川智能", "Baichuan|百川"),
  entry("01-ai|01.ai|yi", "01.AI|零一万物", "Yi"),
  entry("internlm|shanghai ai lab", "Shanghai AI Laboratory|上海人工智能实验室", "InternLM|书生|浦语"),
  entry("stepfun|stepfun-ai", "StepFun|阶跃星辰", "Step|跃问"),
  entry("xiaomi", "Xiaomi|小米", "MiMo"),
  entry("yandex", "Yandex|Яндекс", "YandexGPT|Alice|Алиса"),
  entry("sber|sberbank", "Sber|Sberbank|Сбер|Сбербанк", "GigaChat|ГигаЧат"),
  entry("naver", "NAVER|네이버", "HyperCLOVA|하이퍼클로바|클로바"),
  entry("lg|lgai-exaone|lg ai research", "LG AI Research|LG", "EXAONE|엑사원"),
  entry("upstage", "Upstage|업스테이지", "Solar"),
  entry("ai21|ai21labs", "AI21|AI21 Labs", "Jamba|Jurassic"),
  entry("perplexity", "Perplexity|Perplexity AI", "Sonar"),
  entry("reka|rekaai", "Reka", "Reka"),
  entry("inflection", "Inflection|Inflection AI", "Pi"),
  entry("tii|tiiuae|technology innovation institute", "Technology Innovation Institute|TII", "Falcon|فالكون"),
  entry("allenai|ai2|allen ai", "Allen Institute for AI|Allen Institute|AI2|Ai2", "OLMo|Tulu|Tülu"),
  entry("lmsys", "LMSYS|Large Model Systems Organization", "Vicuna|FastChat"),
  entry("stanford", "Stanford|Stanford University", "Alpaca"),
  entry("nous|nousresearch|nous research", "Nous Research|Nous", "Hermes"),
  entry("huggingface|huggingfaceh4|hugging face", "Hugging Face|HuggingFace", "Zephyr|SmolLM|StarChat"),
  entry("databricks|mosaicml", "Databricks|MosaicML", "Dolly|DBRX|MPT"),
  entry("stabilityai|stability", "Stability AI", "StableLM|Stable Beluga"),
  entry("liquid|liquidai", "Liquid AI", "LFM"),
];
