"""Names that read like real ones, for places that do not exist. The same seed gives the same names."""

from random import Random

_ROADS = (
    "滨河路", "人民路", "建设路", "青年路", "文昌街", "东环路", "西环路", "解放大道", "和平街", "朝阳路", "工业大道",
    "商贸街", "学府路", "柳河路", "凤凰路", "振兴路", "迎宾大道", "花园路",
)  # fmt: skip
_FACILITIES = (
    "实验小学", "第三中学", "中心卫生院", "幼儿园", "110千伏变电站", "污水处理厂", "公交首末站", "农贸市场",
    "加油站", "养老服务中心", "消防站", "垃圾中转站", "体育公园", "文化馆", "公共停车场",
    "社区服务中心", "粮食储备库", "客运站",
)  # fmt: skip
_ESTATES = (
    "锦绣花园", "滨河新城", "阳光家园", "云溪新天地", "学府佳苑", "和谐雅居", "翠湖名邸", "金桂苑",
    "东方明珠小区", "幸福里", "书香门第", "梧桐花园",
)  # fmt: skip
_FIRMS = ("恒兴机械", "云溪纺织", "绿源食品", "宏达电子", "华泰建材", "鑫海物流", "康宁药业", "天成包装")
_VILLAGES = ("柳树村", "石桥村", "杨庄", "白塔村", "王家湾", "小河口村")
_RURAL = ("村民活动中心", "卫生室", "幼儿园", "农机库房", "供水站")


class Titles:
    """Draws titles, none twice."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.drawn: set[str] = set()

    def of(self, permit: str) -> str:
        while (title := self._any(permit)) in self.drawn:
            pass
        self.drawn.add(title)
        return title

    def _any(self, permit: str) -> str:
        pick, number = self.random.choice, self.random.randrange(1, 40)
        match permit:
            case "site_selection":
                return f"{pick(_ROADS)}{pick(_FACILITIES)}选址"
            case "land_use":
                return f"{pick(_ROADS)}{pick(_FACILITIES)}用地"
            case "construction_works":
                return f"{pick(_ESTATES)}{number}号楼" if number % 3 else f"{pick(_FIRMS)}{number}号厂房"
            case "rural_construction":
                return f"{pick(_VILLAGES)}{pick(_RURAL)}"
            case "verification_opinion":
                return f"{pick(_ESTATES)}{number}号楼规划核实"
            case "acceptance_notice":
                return f"{pick(_ESTATES)}{number}号楼{pick(('初验', '复验'))}"
        return f"{pick(_ROADS)}{number}-{self.random.randrange(1, 10)}号地块规划条件"
