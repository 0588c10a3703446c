-- Three plans of four steps each, as plans.pml has them, in the language of Murphi, for rumur.
const STEPS: 4;
type Plan: 0..2; Step: 0..3;
  PlanState: enum { Planned, Asked, Locked, Running, Resolved, Invalid, Answered };
  StepState: enum { Waiting, Queued, Coding, Reporting, Failing, Done, Broken };
var fault: boolean;
  plan: array [Plan] of PlanState; stored: array [Plan] of PlanState;
  lock: array [Plan] of boolean; rejected: array [Plan] of boolean;
  step: array [Plan] of array [Step] of StepState; row: array [Plan] of array [Step] of StepState;

startstate begin
  fault := true;
  for p: Plan do
    plan[p] := Planned; stored[p] := Planned; lock[p] := false; rejected[p] := false;
    for i: Step do step[p][i] := Waiting; row[p][i] := Waiting; end;
  end;
end;

ruleset p: Plan do
  rule "ask" plan[p] = Planned ==> begin plan[p] := Asked; end;
  rule "lock" plan[p] = Asked ==> begin lock[p] := true; plan[p] := Locked; end;
  rule "no lock" plan[p] = Asked & fault ==> begin fault := false; rejected[p] := true; plan[p] := Answered; end;
  rule "begin" plan[p] = Locked ==> begin stored[p] := Running; plan[p] := Running; step[p][0] := Queued; end;
  rule "no begin" plan[p] = Locked & fault ==> begin fault := false; rejected[p] := true; plan[p] := Invalid; end;
  rule "first" plan[p] = Running & step[p][0] = Reporting ==> begin
    step[p][0] := Done; step[p][1] := Queued; step[p][2] := Queued; end;
  rule "second" plan[p] = Running & step[p][1] = Reporting ==> begin
    step[p][1] := Done; if step[p][2] = Done then step[p][3] := Queued; end; end;
  rule "third" plan[p] = Running & step[p][2] = Reporting ==> begin
    step[p][2] := Done; if step[p][1] = Done then step[p][3] := Queued; end; end;
  rule "last" plan[p] = Running & step[p][3] = Reporting ==> begin
    step[p][3] := Done; stored[p] := Answered; plan[p] := Resolved; end;
  rule "last, unsaved" plan[p] = Running & step[p][3] = Reporting & fault ==> begin
    fault := false; step[p][3] := Done; plan[p] := Invalid; end;
  rule "settle" plan[p] = Invalid & step[p][0] != Coding & step[p][1] != Coding & step[p][2] != Coding ==> begin
    stored[p] := Invalid; lock[p] := false; plan[p] := Answered; end;
  rule "unlock" plan[p] = Resolved ==> begin lock[p] := false; plan[p] := Answered; end;
  rule "no unlock" plan[p] = Resolved & fault ==> begin fault := false; end;
  ruleset i: Step do
    rule "failed" plan[p] = Running & step[p][i] = Failing ==> begin step[p][i] := Broken; plan[p] := Invalid; end;
    rule "take" step[p][i] = Queued ==> begin row[p][i] := Coding; step[p][i] := Coding; end;
    rule "no take" step[p][i] = Queued & fault ==> begin fault := false; step[p][i] := Failing; end;
    rule "code" step[p][i] = Coding ==> begin row[p][i] := Done; step[p][i] := Reporting; end;
    rule "no code" step[p][i] = Coding & fault ==> begin fault := false; step[p][i] := Failing; end;
  end;
end;
