"""What the audit log's codes are called: actions, and kinds of what they concern.

A plugin names its own in `AUDIT`, beside its `TITLE`.
"""

from collections.abc import Mapping

from lms.db import Localized
from lms.plugins.manager import plugins

CORE: Mapping[str, Localized] = {
    "account.invite": Localized("发出激活链接", "Sent an activation link"),
    "account.password": Localized("设置密码", "Set a password"),
    "account.sign_in": Localized("登录", "Signed in"),
    "appeal.decline": Localized("驳回申诉", "Declined an appeal"),
    "appeal.file": Localized("提出申诉", "Appealed"),
    "appeal.uphold": Localized("支持申诉", "Upheld an appeal"),
    "audience.save": Localized("保存培训对象", "Saved an audience"),
    "attendance.correct": Localized("更正出勤", "Corrected an attendance"),
    "attendance.record": Localized("登记出勤", "Recorded an attendance"),
    "calendar.day": Localized("设置日历例外日", "Set a date of the calendar"),
    "calendar.forget": Localized("删除日历例外日", "Took a date from the calendar"),
    "calendar.week": Localized("设置每周休息日", "Set the weekly rest days"),
    "calendar.renew": Localized("生成日历地址", "Made a calendar address"),
    "calendar.stop": Localized("停用日历地址", "Switched a calendar address off"),
    "calibration.close": Localized("结束评分校准", "Closed a calibration"),
    "calibration.open": Localized("发起评分校准", "Opened a calibration"),
    "calibration.score": Localized("参加评分校准", "Scored in a calibration"),
    "case.archive": Localized("归档案例", "Archived a case"),
    "case.comment": Localized("批注案例", "Commented on a case"),
    "case.comment_done": Localized("批注标记为已处理", "Marked a comment as done"),
    "case.draft": Localized("起草案例", "Drafted a case"),
    "case.harmless": Localized("确认案例文字不指真人", "Confirmed that a text names nobody"),
    "case.keep": Localized(
        "修改案例负责人或复核日期", "Changed who looks after a case, or by when"
    ),
    "case.merge": Localized("合并重复案例", "Merged a case into another"),
    "case.picture": Localized("案例草稿添加图片", "Put a picture into a draft"),
    "case.picture_gone": Localized("案例草稿移除图片", "Took a picture out of a draft"),
    "case.import": Localized("导入案例草稿", "Imported drafts of cases"),
    "case.publish": Localized("发布案例", "Published a case"),
    "case.request_changes": Localized("退回案例修改", "Asked for changes to a case"),
    "case.restore": Localized("恢复已归档案例", "Restored an archived case"),
    "case.submit": Localized("提交案例评审", "Sent a case for review"),
    "case.take_back": Localized("撤回案例评审", "Took a case back from review"),
    "case_use.drop": Localized("案例不再关联一项内容", "Took something off a case’s list"),
    "case_use.make": Localized("由案例制作内容", "Made something from a case"),
    "case_use.renew": Localized("按案例新版本重做内容", "Renewed something from a case"),
    "case_use.right": Localized("确认内容仍符合案例新版本", "Said that it still holds"),
    "clearance.grant": Localized("授予上岗资格", "Cleared for duty"),
    "clearance.refuse": Localized("不予上岗", "Refused clearance"),
    "clearance.kept": Localized("按期完成更新学习", "Did an update in time"),
    "clearance.reopen": Localized("恢复上岗资格", "Cleared again after an update"),
    "clearance.rest": Localized("暂停上岗资格", "Clearance rests: update not done"),
    "programme.major": Localized("发布培养计划重大更新", "Published a major version"),
    "clearance.revoke": Localized("撤销上岗资格", "Revoked the clearance"),
    "demo.load": Localized("载入演示数据", "Loaded the demo"),
    "demo.remove": Localized("清除演示数据", "Removed the demo"),
    "drill.acknowledge": Localized("确认演练评分", "Acknowledged a scoring"),
    "drill.amend": Localized("更正演练评分", "Amended a scoring"),
    "drill.change": Localized("修改演练", "Changed a drill"),
    "drill.close_room": Localized("结束演练室", "Closed a drill room"),
    "drill.make": Localized("创建演练", "Made a drill"),
    "drill.add_observers": Localized("增加演练旁听人", "Let more people read along"),
    "drill.open_room": Localized("开启演练室", "Opened a drill room"),
    "drill.raters": Localized("设置演练评分人数", "Set how many score a drill"),
    "rubric.save": Localized("保存评分标准新版本", "Kept a version of a rubric"),
    "drill.rate": Localized("演练评分", "Scored a drill"),
    "enrolment.add": Localized("报名课程", "Enrolled"),
    "enrolment.cancel": Localized("取消课程", "Cancelled an enrolment"),
    "enrolment.complete": Localized("完成课程", "Completed a course"),
    "enrolment.leave": Localized("不再属于培训对象，移出课程", "Left a course’s audience"),
    "enrolment.pause": Localized("因休假顺延课程期限", "Moved a due date because of leave"),
    "export.take": Localized("导出文件", "Took a file of a list away"),
    "extension.ask": Localized("申请延期", "Asked for more time"),
    "extension.decline": Localized("拒绝延期", "Declined an extension"),
    "extension.grant": Localized("批准延期", "Granted an extension"),
    "gold.make": Localized("设为标准演练", "Made a gold run"),
    "gold.retire": Localized("停用标准演练", "Retired a gold run"),
    "gold.score": Localized("试评标准演练", "Scored a gold run"),
    "import.columns": Localized("设定导入列", "Mapped an import’s columns"),
    "import.push": Localized("接口推送数据", "Took in figures that a system sent"),
    "import.discard": Localized("放弃导入", "Discarded an import"),
    "kpi.import": Localized("导入 KPI", "Imported figures"),
    "kpi.correct": Localized("更正数据", "Corrected a figure"),
    "leave.import": Localized("导入休假", "Imported leave"),
    "month.close": Localized("月度结账", "Closed a month"),
    "organisation.edit": Localized("修改组织信息", "Changed the organisation"),
    "people.import": Localized("导入花名册", "Imported a roster"),
    "person.add": Localized("新增人员", "Added a person"),
    "person.edit": Localized("修改人员资料", "Edited a person"),
    "person.erase": Localized("抹除个人信息", "Erased a person"),
    "person.export": Localized("导出个人信息", "Exported a person’s data"),
    "person.move": Localized("调动", "Moved a person"),
    "plugin.disable": Localized("停用插件", "Switched a plugin off"),
    "plugin.enable": Localized("启用插件", "Switched a plugin on"),
    "plugin.settings": Localized("修改插件设置", "Changed a plugin’s settings"),
    "policy.save": Localized("保存规则参数", "Saved a policy"),
    "programme.assign": Localized("按条件分配课程", "Assigned a course by rule"),
    "programme.draft": Localized("起草培养计划", "Began a draft of a programme"),
    "programme.file": Localized("上传课程文件", "Put a file into a draft"),
    "programme.file_removed": Localized("移除草稿里的文件", "Took a file out of a draft"),
    "programme.give_up": Localized("放弃培养计划草稿", "Threw a draft of a programme away"),
    "programme.publish": Localized("发布培养计划", "Published a programme"),
    "programme.unfollow": Localized("停止自动分配", "Stopped assigning as people come"),
    "roles.set": Localized("设置角色", "Set roles"),
    "rule.apply": Localized("对历史月份执行规则", "Applied a rule to a past month"),
    "rule.run": Localized("运行规则", "Ran a rule"),
    "session.book": Localized("预约场次", "Booked a session"),
    "session.cancel": Localized("取消场次", "Cancelled a session"),
    "session.change": Localized("修改场次", "Changed a session"),
    "session.leave": Localized("退订场次", "Gave back a place"),
    "session.plan": Localized("安排场次", "Planned a session"),
    "setup.content": Localized("载入内置课程", "Loaded starter courses"),
    "setup.skip": Localized("跳过初始设置项", "Left an item of the setup out"),
    "setup.take_up": Localized("恢复初始设置项", "Took an item of the setup up again"),
    "step.approve": Localized("通过学习证明", "Approved evidence"),
    "step.send_back": Localized("退回学习证明", "Sent evidence back"),
    "step.sign": Localized("签核学习步骤", "Signed off a step"),
    "step.tick": Localized("勾选签核项", "Ticked a checklist"),
    "token.create": Localized("创建接口令牌", "Made a token for another system"),
    "token.revoke": Localized("撤销接口令牌", "Revoked a token of another system"),
}
SUBJECTS: Mapping[str, Localized] = {
    "appeal": Localized("申诉", "Appeal"),
    "calibration_round": Localized("评分校准", "Calibration"),
    "case": Localized("案例", "Case"),
    "case_import": Localized("案例导入", "Import of cases"),
    "case_use": Localized("由案例制作的内容", "Something made from a case"),
    "case_version": Localized("案例版本", "Case version"),
    "drill": Localized("演练", "Drill"),
    "drill_room": Localized("演练室", "Drill room"),
    "drill_run": Localized("演练记录", "Drill run"),
    "enrolment": Localized("学习记录", "Enrolment"),
    "gold_run": Localized("标准演练", "Gold run"),
    "import": Localized("导入", "Import"),
    "month_close": Localized("月度结账", "Month close"),
    "export": Localized("导出文件", "File of a list"),
    "organisation": Localized("本组织", "Organisation"),
    "person": Localized("人员", "Person"),
    "rubric": Localized("评分标准", "Rubric"),
    "token": Localized("接口令牌", "Token of another system"),
    "plugin": Localized("插件", "Plugin"),
    "policy": Localized("规则参数", "Policy"),
    "programme": Localized("培养计划", "Programme"),
    "rating_trial": Localized("试评", "Trial rating"),
    "rule_run": Localized("规则运行", "Rule run"),
    "training_session": Localized("培训场次", "Session"),
}


def action_name(code: str) -> Localized:
    return CORE.get(code) or _of_plugins(code)


def subject_name(kind: str) -> Localized:
    return SUBJECTS.get(kind) or _of_plugins(kind)


def _of_plugins(code: str) -> Localized:
    """A code that nobody names stands for itself: its plugin may be gone."""
    for plugin in plugins().loaded.values():
        named: Mapping[str, Localized] = getattr(plugin.module, "AUDIT", {})
        if code in named:
            return named[code]
    return Localized(code, code)
